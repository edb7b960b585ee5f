{#- Refuse, before anything is built, variables that no build can honour and a
    publication that belongs to another data set. -#}
{% macro check_settings() -%}
    {%- if is_executing() -%}
        {%- set published = run_query(
            'select data_set from previous_publication.main.publication'
        ).columns[0].values() -%}
        {%- do call_package('check_settings', {
            'fit_settings': fit_settings(),
            'raw_source': var('raw_source'),
            'raw_data_dir': env_var('RAW_DATA_DIR', ''),
            'language': var('language'),
            'identity_distance_limit': var('identity_distance_limit'),
            'data_set': data_set(),
            'published_data_set': published | first | default(none),
        }) -%}
    {%- endif -%}
{%- endmacro %}
