{#- The numeric features that enter the active recipe as logarithms. -#}
{% macro active_log_features() -%}
    {{- return(fromjson(fit_settings(var('recipe')).get('log_features', '[]'))) -}}
{%- endmacro %}
