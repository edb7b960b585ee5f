{#- The numeric features of the fit, in its order. -#}
{% macro active_numeric_features() -%}
    {{- return(var('numeric_features')) -}}
{%- endmacro %}
