{#- A number of a row of a raw table: another for each, and the same each time that the
    table is read. -#}
{% macro row_place(columns) -%}
    {{ return(adapter.dispatch('row_place')(columns)) }}
{%- endmacro %}

{% macro default__row_place(columns) -%}
    row_number() over (order by {{ columns | join(', ') }})
{%- endmacro %}

{#- Where dbt reads no rows it does not read the table itself, which has the number. -#}
{% macro duckdb__row_place(columns) -%}
    {{ 'cast(0 as bigint)' if flags.EMPTY else 'rowid' }}
{%- endmacro %}
