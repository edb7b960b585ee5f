{#- The numeric features that enter the active recipe as logarithms. -#}
{% macro active_log_features() -%}
    {%- set robust = var('robust_recipe') if var('recipe') == 'robust' else {} -%}
    {{- return(robust.get('log_features', [])) -}}
{%- endmacro %}
