{#- The variables that decide a fit, as the package reads them. -#}
{% macro fit_settings() -%}
    {{- return({
        'numeric_features': tojson(var('numeric_features')),
        'categorical_features': tojson(var('categorical_features')),
        'n_clusters': var('n_clusters'),
        'random_state': var('random_state'),
        'n_init': var('n_init'),
        'scaling': var('scaling'),
        'fit_sample_size': var('fit_sample_size'),
    }) -}}
{%- endmacro %}
