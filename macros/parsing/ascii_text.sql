{#- A text in lower case with the digits, separators, signs and apostrophes of other
    keyboards as those that the patterns know: full-width, Arabic and Persian digits
    keep their value, an apostrophe becomes the space that it stands for between
    thousands. -#}
{% macro ascii_text(column) -%}
    translate(
        lower({{ column }}),
        '０１２３４５６７８９٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹．，٫٬／：＋－−–（）''’‘ʼ´`',
        '012345678901234567890123456789.,, /:+---()      '
    )
{%- endmacro %}
