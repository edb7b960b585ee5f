{#- The relation that holds one raw table, wherever raw_source says it comes from. -#}
{% macro raw_table(table_name) -%}
    {%- if var('raw_source') == 'seeds' -%}
        {{- return(ref('raw_' ~ table_name)) -}}
    {%- else -%}
        {{- return(source('raw_external', table_name)) -}}
    {%- endif -%}
{%- endmacro %}
