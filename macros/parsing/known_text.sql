{#- The trimmed text, NULL where it says "unknown". -#}
{% macro known_text(trimmed_column) -%}
    case when not {{ is_unknown_text(trimmed_column) }} then {{ trimmed_column }} end
{%- endmacro %}
