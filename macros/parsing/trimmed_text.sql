{#- A text as it is seen: characters without width are left out, white space of every kind
    (no-break and narrow too) and control characters are one space, none at the ends;
    NULL when nothing is left. -#}
{% macro trimmed_text(column) -%}
    nullif(
        trim({{ replace_all(without_invisible(column), '[\\s\\p{Z}\\p{Cc}]+', ' ') }}), ''
    )
{%- endmacro %}

{#- Without soft hyphens, joiners, zero-width spaces, marks of right-to-left text and
    byte-order marks, which web pages and spreadsheets leave within words. -#}
{% macro without_invisible(column) -%}
    translate({{ column }}, '
    {%- for code in [173, 847, 1564, 6158] + range(8203, 8208) | list
        + range(8234, 8239) | list + range(8288, 8304) | list + [65279] -%}
        {{ '%c' % code }}
    {%- endfor -%}
    ', '')
{%- endmacro %}
