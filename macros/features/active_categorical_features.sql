{#- The categorical features of the fit, in its order. -#}
{% macro active_categorical_features() -%}
    {{- return(var('categorical_features')) -}}
{%- endmacro %}
