{#- The categorical features of the active recipe, in its order. -#}
{% macro active_categorical_features() -%}
    {%- set robust = var('robust_recipe') if var('recipe') == 'robust' else {} -%}
    {{- return(robust.get('categorical_features', var('categorical_features'))) -}}
{%- endmacro %}
