{#- Refuse, before any is loaded, seed files that dbt would load wrongly. -#}
{% macro check_seeds() -%}
    {%- if is_executing() -%}
        {%- set seeds = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'seed' -%}
            {%- do seeds.append({
                'path': node.original_file_path,
                'columns': node.columns.keys() | list,
            }) -%}
        {%- endfor -%}
        {%- do call_package('check_seeds', {'seeds': seeds}) -%}
    {%- endif -%}
{%- endmacro %}
