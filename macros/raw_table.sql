{#- The relation that holds one raw table, wherever raw_source says it comes from.
    While running it is loaded (files) and checked first: a missing column or an
    empty table is an error that names the remedy. -#}
{% macro raw_table(table_name) -%}
    {%- if var('raw_source') == 'files' -%}
        {%- set relation = source('raw_files', table_name) -%}
    {%- else -%}
        {%- set relation = ref('raw_' ~ table_name) -%}
    {%- endif -%}
    {%- if is_executing() -%}
        {%- do call_package('prepare_raw_table', {
            'table_name': table_name,
            'relation': relation.render() | string,
            'raw_source': var('raw_source'),
            'raw_data_dir': env_var('RAW_DATA_DIR', ''),
            'is_empty_run': flags.EMPTY,
        }) -%}
    {%- endif -%}
    {{- return(relation) -}}
{%- endmacro %}
