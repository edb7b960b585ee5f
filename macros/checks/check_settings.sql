{#- Refuse, before anything is built, variables that no build can honour and a
    publication that belongs to another data set. -#}
{% macro check_settings() -%}
    {%- if is_executing() -%}
        {%- set published = run_query(
            'select data_set, published_at from previous_publication.main.publication'
        ) -%}
        {%- set published_fit = run_query(
            'select settings from previous_publication.main.segmentation_fits'
            ~ ' order by fit_id desc limit 1'
        ) -%}
        {%- do call_package('check_settings', {
            'fit_variables': fit_variables(),
            'raw_source': var('raw_source'),
            'raw_data_dir': env_var('RAW_DATA_DIR', ''),
            'refit_policy': {
                'refit': var('refit'),
                'refit_after_days': var('refit_after_days'),
                'refit_below_ari': var('refit_below_ari'),
                'refit_minimum_gain': var('refit_minimum_gain'),
            },
            'published_settings':
                published_fit.columns[0].values() | first | default(none),
            'language': var('language'),
            'unnamed_segment': var('unnamed_segment'),
            'identity_distance_limit': var('identity_distance_limit'),
            'projection_variance_share': var('projection_variance_share'),
            'evaluation': {
                'evaluate': var('evaluate'),
                'evaluation_sample_size': var('evaluation_sample_size'),
                'minimum_cluster_size': var('minimum_cluster_size'),
                'minimum_stability_ari': var('minimum_stability_ari'),
            },
            'as_of': as_of_text(),
            'data_set': data_set(),
            'published_data_set': published.columns[0].values() | first | default(none),
            'published_at': published.columns[1].values() | first | default(none),
            'given_variables': invocation_args_dict.get('vars', {}).keys() | list,
        }) -%}
    {%- endif -%}
{%- endmacro %}
