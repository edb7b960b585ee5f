{#- Refuse, before anything is built, variables that no build can honour and a
    publication that belongs to another data set. -#}
{% macro check_settings() -%}
    {%- if is_executing() -%}
        {%- set published = run_query(
            'select data_set, published_at from ' ~ last_publication() ~ '.publication'
        ) -%}
        {%- set published_fits = run_query(
            'select segmentation, max_by(settings, fit_id)'
            ~ ' from ' ~ last_publication() ~ '.segmentation_fits group by segmentation'
        ) -%}
        {%- set published_settings = {} -%}
        {%- for row in published_fits.rows -%}
            {%- do published_settings.update({row[0]: row[1]}) -%}
        {%- endfor -%}
        {%- set models = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' -%}
            {%- do models.append(node.name) -%}
        {%- endfor -%}
        {#- A preview leaves tests out, and then nothing is published. -#}
        {%- set is_to_publish = flags.WHICH == 'build'
            and not invocation_args_dict.get('exclude_resource_types') -%}
        {%- do call_package('check_settings', {
            'segmentations': segmentations(),
            'models': models,
            'published_settings': published_settings,
            'raw_source': var('raw_source'),
            'raw_data_dir': env_var('RAW_DATA_DIR', ''),
            'language': var('language'),
            'unnamed_segment': var('unnamed_segment'),
            'as_of': given_as_of(),
            'data_set': data_set(),
            'published_data_set': published.columns[0].values() | first | default(none),
            'published_at': published.columns[1].values() | first | default(none),
            'is_to_publish': is_to_publish,
            'given_variables': invocation_args_dict.get('vars', {}),
        }) -%}
    {%- endif -%}
{%- endmacro %}
