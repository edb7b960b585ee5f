{#- Load the raw tables that are not seeds, and check all of them, before anything is
    built: whenever a model that reads them is about to be. -#}
{% macro load_raw_tables() -%}
    {%- if is_executing() -%}
        {%- set readers = [] -%}
        {%- for node in graph.nodes.values() -%}
            {%- if node.fqn[2] == 'base' and node.unique_id in selected_resources -%}
                {%- do readers.append(node.name) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set relations = {} -%}
        {%- for table in graph.sources.values()
            if table.source_name == 'raw_external' and table.name in raw_columns() -%}
            {%- do relations.update({table.name: table.relation_name}) -%}
        {%- endfor -%}
        {%- set numeric_features = {} -%}
        {%- for name in var('segmentations') -%}
            {%- do numeric_features.update({name: active_recipe(name).numeric_features}) -%}
        {%- endfor -%}
        {%- set left_out_without = {} -%}
        {%- for name, entry in segmentations().items() if entry.left_out_without -%}
            {%- do left_out_without.update({entry.left_out_without: name}) -%}
        {%- endfor -%}
        {%- if readers -%}
            {%- for line in call_package('load_raw_tables', {
                'raw_source': var('raw_source'),
                'raw_data_dir': env_var('RAW_DATA_DIR', ''),
                'columns': column_names(),
                'relations': relations,
                'contacts': contacts_to_load(relations),
                'numeric_features': numeric_features,
                'left_out_without': left_out_without,
                'is_empty_run': flags.EMPTY,
            }) -%}
                {#- Not log, which the data check does not show: dbt is quiet there. -#}
                {%- do print(line) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
