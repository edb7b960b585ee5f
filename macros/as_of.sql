{#- The build's one clock, as a timestamp in UTC. -#}
{% macro as_of() -%}
    cast('{{ as_of_text() }}' as timestamp)
{%- endmacro %}

{% macro as_of_text() -%}
    {{- var('as_of') or run_started_at.strftime('%Y-%m-%d %H:%M:%S') -}}
{%- endmacro %}
