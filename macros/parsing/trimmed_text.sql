{#- White space of every kind (no-break, narrow, zero-width too) collapsed to one
    space and trimmed; NULL when nothing is left. -#}
{% macro trimmed_text(column) -%}
    nullif(
        trim({{ replace_all(column, '[\\s\\p{Z}\\x{200B}\\x{FEFF}]+', ' ') }}), ''
    )
{%- endmacro %}
