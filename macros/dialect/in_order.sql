{#- An aggregate of a column that adds its values up in one order, whatever order the
    rows come in: else its last bits differ from run to run. Other engines than DuckDB
    take no order here, and may differ so. -#}
{% macro in_order(aggregate, column) -%}
    {{ return(adapter.dispatch('in_order')(aggregate, column)) }}
{%- endmacro %}

{% macro default__in_order(aggregate, column) -%}
    {{ aggregate }}({{ column }})
{%- endmacro %}

{% macro duckdb__in_order(aggregate, column) -%}
    {{ aggregate }}({{ column }} order by {{ column }})
{%- endmacro %}
