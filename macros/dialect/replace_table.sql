{#- Make a table that is there anew, of a query. -#}
{% macro replace_table(table, query) -%}
    {{ return(adapter.dispatch('replace_table')(table, query)) }}
{%- endmacro %}

{#- Spark replaces no table that is kept as Parquet. -#}
{% macro default__replace_table(table, query) -%}
    {%- do run_query('drop table ' ~ table) -%}
    {%- do run_query('create table ' ~ table ~ ' using parquet as ' ~ query) -%}
{%- endmacro %}

{% macro duckdb__replace_table(table, query) -%}
    {%- do run_query('create or replace table ' ~ table ~ ' as ' ~ query) -%}
{%- endmacro %}
