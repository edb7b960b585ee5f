{#- A number with so many decimals, in English notation: 12,345.6. -#}
{% macro grouped_number(value, decimals) -%}
    {{ return(adapter.dispatch('grouped_number')(value, decimals)) }}
{%- endmacro %}

{% macro default__grouped_number(value, decimals) -%}
    format_number({{ value }}, {{ decimals }})
{%- endmacro %}

{% macro duckdb__grouped_number(value, decimals) -%}
    format('{:,.{{ decimals }}f}', {{ value }})
{%- endmacro %}
