{#- The raw columns, by raw table, whose single values can be rejected while their row
    is used: staging has each as written (_text) and why it was not read (_rejection). -#}
{% macro parsed_columns() -%}
    {{- return({
        'enterprises': [
            'enterprise_name', 'category_name', 'city_name', 'postal_code', 'created_at'
        ],
        'social_accounts': ['followers', 'measured_on'],
        'turnover': ['turnover_eur'],
    }) -}}
{%- endmacro %}
