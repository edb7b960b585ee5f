{#- Write the data check beside the build database and, where the raw data are not the
    demonstration's, its essential lines into the log. -#}
{% macro report_data_check() -%}
    {%- if is_executing() and not flags.EMPTY -%}
        {%- set relations = {} -%}
        {%- set raw_relations = {} -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.resource_type in ('model', 'seed') -%}
                {%- do relations.update({node.alias: node.relation_name}) -%}
            {%- endif -%}
            {%- if node.resource_type == 'seed' and node.schema == 'raw' -%}
                {%- do raw_relations.update({
                    node.alias | replace('raw_', '', 1): node.relation_name
                }) -%}
            {%- endif -%}
        {%- endfor -%}
        {#- Sources are there where raw_source is not seeds, and are read instead. -#}
        {%- for source in graph.sources.values() if source.schema == 'raw' -%}
            {%- do raw_relations.update({source.name: source.relation_name}) -%}
        {%- endfor -%}
        {%- set essential_lines = call_package('report_data_check', {
            'relations': relations,
            'raw_relations': raw_relations,
            'data_set': data_set(),
        }) -%}
        {%- if var('raw_source') != 'seeds' -%}
            {%- do log(essential_lines, info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
