{#- One figure of a subject of evaluation_figures, NULL where it is not defined. -#}
{% macro figure(name) -%}
    nullif(max(value) filter (where figure = '{{ name }}'), cast('NaN' as double))
{%- endmacro %}
