{#- True where somebody wrote "unknown" in one of the spellings of unknown_texts. -#}
{% macro is_unknown_text(trimmed_column) -%}
    lower({{ trimmed_column }}) in (
        {%- for text in var('unknown_texts') %}
        '{{ text | lower | replace("'", "''") }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
