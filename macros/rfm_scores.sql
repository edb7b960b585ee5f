{#- The scores of an account, 1 to 5: the measure behind each, and the sign that makes the
    better value the larger one. -#}
{% macro rfm_scores() -%}
    {{- return({
        'recency': ('recency_days', -1),
        'frequency': ('order_count', 1),
        'monetary': ('total_sales_eur', 1),
    }) -}}
{%- endmacro %}
