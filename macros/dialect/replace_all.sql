{#- DuckDB replaces the first match only unless told otherwise; Spark all, and writes
    groups in the replacement otherwise. -#}
{% macro replace_all(text, pattern, replacement) -%}
    {{ return(adapter.dispatch('replace_all')(text, pattern, replacement)) }}
{%- endmacro %}

{% macro default__replace_all(text, pattern, replacement) -%}
    regexp_replace(
        {{ text }}, '{{ escaped_pattern(pattern) }}', '{{ replacement | replace('\\', '$') }}'
    )
{%- endmacro %}

{% macro duckdb__replace_all(text, pattern, replacement) -%}
    regexp_replace({{ text }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}
