{#- The categorical features of the active recipe, in its order. -#}
{% macro active_categorical_features() -%}
    {{- return(fromjson(fit_settings(var('recipe'))['categorical_features'])) -}}
{%- endmacro %}
