{#- The variables that decide a fit by one of the recipes, as the package reads them. -#}
{% macro fit_settings(recipe) -%}
    {%- set settings = {
        'numeric_features': tojson(var('numeric_features')),
        'categorical_features': tojson(var('categorical_features')),
        'scaling': var('scaling'),
    } -%}
    {%- if recipe == 'robust' -%}
        {%- for name, value in var('robust_recipe').items() -%}
            {%- set is_list = value is sequence and value is not string -%}
            {%- do settings.update({name: tojson(value) if is_list else value}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do settings.update({
        'n_clusters': var('n_clusters'),
        'random_state': var('random_state'),
        'n_init': var('n_init'),
        'fit_sample_size': var('fit_sample_size'),
    }) -%}
    {{- return(settings) -}}
{%- endmacro %}
