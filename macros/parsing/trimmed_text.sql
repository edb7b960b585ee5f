{#- White space of every kind (no-break, narrow, zero-width too), control characters and
    the invisible marks of right-to-left text collapsed to one space and trimmed; NULL
    when nothing is left. -#}
{% macro trimmed_text(column) -%}
    nullif(
        trim({{ replace_all(column, invisible_characters() ~ '+', ' ') }}), ''
    )
{%- endmacro %}

{% macro invisible_characters() -%}
    {{- return(
        '[\\s\\p{Z}\\p{Cc}\\x{200B}\\x{200E}\\x{200F}\\x{202A}-\\x{202E}'
        ~ '\\x{2060}-\\x{2069}\\x{FEFF}]'
    ) -}}
{%- endmacro %}
