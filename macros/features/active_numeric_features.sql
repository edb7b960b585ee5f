{#- The numeric features of the active recipe, in its order. -#}
{% macro active_numeric_features() -%}
    {{- return(fromjson(fit_settings(var('recipe'))['numeric_features'])) -}}
{%- endmacro %}
