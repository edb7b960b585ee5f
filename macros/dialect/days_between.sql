{#- Days from one timestamp to another, with their fraction. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    (
        unix_micros(cast({{ later }} as timestamp))
        - unix_micros(cast({{ earlier }} as timestamp))
    ) / 86400e6
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    (epoch({{ later }}) - epoch({{ earlier }})) / 86400.0
{%- endmacro %}
