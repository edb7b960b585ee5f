{#- The variables that decide a fit, as the package reads them. Python models get the
    same text from their property file, where no macro of the project can be called. -#}
{% macro fit_variables() -%}
    {{- return(tojson({
        'recipe': var('recipe'),
        'numeric_features': var('numeric_features'),
        'categorical_features': var('categorical_features'),
        'scaling': var('scaling'),
        'robust_recipe': var('robust_recipe'),
        'n_clusters': var('n_clusters'),
        'random_state': var('random_state'),
        'n_init': var('n_init'),
        'fit_sample_size': var('fit_sample_size'),
    })) -}}
{%- endmacro %}
