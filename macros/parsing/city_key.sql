{#- The text key of a French city: without a final CEDEX, "saint" spelt out. -#}
{% macro city_key(column) -%}
    nullif(trim(replace(replace(
        concat(
            ' ',
            {{ replace_all(text_key(column), ' cedex( [0-9]+)?$', '') }},
            ' '
        ),
        ' st ', ' saint '
    ), ' ste ', ' sainte ')), '')
{%- endmacro %}
