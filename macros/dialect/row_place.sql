{#- A number of a row of a raw table: another for each, and the same each time that the
    table is read. Where dbt reads no rows it does not read the table itself, which has
    the number. -#}
{% macro row_place(raw_table) -%}
    {%- if flags.EMPTY or raw_relation(raw_table) is string -%}
        cast(0 as bigint)
    {%- else -%}
        {{ adapter.dispatch('row_place')() }}
    {%- endif -%}
{%- endmacro %}

{#- The companion writes each raw table as one file. -#}
{% macro default__row_place() -%}
    _metadata.row_index
{%- endmacro %}

{% macro duckdb__row_place() -%}
    rowid
{%- endmacro %}
