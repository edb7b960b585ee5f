{#- A regular expression inside a string literal of an engine that, as Spark, takes a
    backslash there for the start of an escape. -#}
{% macro escaped_pattern(pattern) -%}
    {{- pattern | replace('\\', '\\\\') -}}
{%- endmacro %}
