{#- What a group of a pattern is in a text. -#}
{% macro extracted(text, pattern, group) -%}
    {{ return(adapter.dispatch('extracted')(text, pattern, group)) }}
{%- endmacro %}

{% macro default__extracted(text, pattern, group) -%}
    regexp_extract({{ text }}, '{{ escaped_pattern(pattern) }}', {{ group }})
{%- endmacro %}

{% macro duckdb__extracted(text, pattern, group) -%}
    regexp_extract({{ text }}, '{{ pattern }}', {{ group }})
{%- endmacro %}
