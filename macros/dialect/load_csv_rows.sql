{#- How dbt-duckdb loads a seed, but by its path below the project, where dbt runs: it
    does not quote the whole path, which may have an apostrophe or a bracket in it. -#}
{% macro duckdb__load_csv_rows(model, agate_table) -%}
    {%- set copy -%}
        copy {{ this.render() }} from '{{ model.original_file_path }}' (
            format csv, header true, delimiter '{{ config.get('delimiter', ',') }}'
        )
    {%- endset -%}
    {%- do adapter.add_query(copy, abridge_sql_log=true) -%}
    {{- return(copy) -}}
{%- endmacro %}
