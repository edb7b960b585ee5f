{#- A text as it is seen: characters without width are left out, white space of every kind
    (no-break and narrow too) and control characters are one space, none at the ends;
    NULL when nothing is left. Most texts are so already, and to see it costs a tenth. -#}
{% macro trimmed_text(column) -%}
    {%- set visible = '[!-~\\x{A1}-\\x{AC}\\x{AE}-\\x{17F}\\x{2010}-\\x{2027}]+' -%}
    case
        when {{ matches(column, '^' ~ visible ~ '( ' ~ visible ~ ')*$') }} then {{ column }}
        else nullif(trim(
            {{ replace_all(without_invisible(column), '[\\s\\p{Z}\\p{Cc}]+', ' ') }}
        ), '')
    end
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
