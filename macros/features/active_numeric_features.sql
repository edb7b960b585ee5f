{#- The numeric features of the active recipe, in its order. -#}
{% macro active_numeric_features() -%}
    {%- set robust = var('robust_recipe') if var('recipe') == 'robust' else {} -%}
    {{- return(robust.get('numeric_features', var('numeric_features'))) -}}
{%- endmacro %}
