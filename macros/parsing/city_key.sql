{#- The text key of a French city: without a final CEDEX, "saint" spelt out. -#}
{% macro city_key(column) -%}
    {%- set name = replace_all(text_key(column), '( cedex( [0-9]+)?)+$', '') -%}
    {#- Each word gets two spaces of its own, so that neighbours need not share one. -#}
    {%- set words = "concat(' ', replace(" ~ name ~ ", ' ', '  '), ' ')" -%}
    nullif(trim({{ replace_all(
        "replace(replace(" ~ words ~ ", ' st ', ' saint '), ' ste ', ' sainte ')",
        ' +', ' '
    ) }}), '')
{%- endmacro %}
