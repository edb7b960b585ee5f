{#- The name of the data set that is being built; a publication belongs to one. -#}
{% macro data_set() -%}
    {%- if var('data_set') -%}
        {{- var('data_set') -}}
    {%- elif var('raw_source') == 'files' -%}
        {{- 'files:' ~ env_var('RAW_DATA_DIR', '').rstrip('/') -}}
    {%- elif var('raw_source') == 'postgres' -%}
        {{- 'postgres:' ~ (
            env_var('PGSERVICE', '')
            or env_var('PGHOST', '') ~ '/' ~ env_var('PGDATABASE', '')
        ) -}}
    {%- else -%}
        {{- var('raw_source') -}}
    {%- endif -%}
{%- endmacro %}
