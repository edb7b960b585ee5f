{#- Write the data check beside the build database and, where the raw data are not the
    demonstration's, its essential lines into the log. -#}
{% macro report_data_check() -%}
    {%- if is_executing() and not flags.EMPTY -%}
        {%- set relations = {} -%}
        {%- for node in graph.nodes.values()
            if node.resource_type in ('model', 'seed') -%}
            {%- do relations.update({node.alias: node.relation_name}) -%}
        {%- endfor -%}
        {#- Sources are there where raw_source is not seeds, and are read instead. -#}
        {%- set sources = {} -%}
        {%- for source in graph.sources.values() if source.schema == 'raw' -%}
            {%- do sources.update({source.name: source.relation_name}) -%}
        {%- endfor -%}
        {%- set raw_relations = {} -%}
        {%- for table in raw_columns() -%}
            {%- do raw_relations.update({
                table: sources.get(table) or relations.get('raw_' ~ table)
            }) -%}
        {%- endfor -%}
        {%- set essential_lines = call_package('report_data_check', {
            'relations': relations,
            'raw_relations': raw_relations,
            'trimmed_value':
                trimmed_text('value') if target.type == 'duckdb' else 'trim(value)',
            'columns': column_names(),
            'data_set': data_set(),
        }) -%}
        {%- if var('raw_source') != 'seeds' -%}
            {%- do log(essential_lines, info=true) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
