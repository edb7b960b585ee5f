{#- The trimmed text, NULL where it is one of the ways to write "unknown". -#}
{% macro known_text(trimmed_column) -%}
    case when not {{ says_unknown(trimmed_column) }} then {{ trimmed_column }} end
{%- endmacro %}

{% macro says_unknown(trimmed_column) -%}
    lower({{ trimmed_column }}) in (
        '{{ var("unknown_texts") | map("lower") | map("replace", "'", "''")
            | join("', '") }}'
    )
{%- endmacro %}
