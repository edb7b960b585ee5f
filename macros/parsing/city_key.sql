{#- The text key of a French city: without the postal code around it, a final CEDEX or,
    of Paris, Lyon and Marseille, the arrondissement; "saint" spelt out. -#}
{% macro city_key(column) -%}
    {%- set name = replace_all(
        text_key(column), '^[0-9]{5} | [0-9]{5}$|( ced[ea]?x( [0-9]+)?)+$', ''
    ) -%}
    {%- set name = replace_all(
        name,
        '^(paris|lyon|marseille)( (0?[1-9]|1[0-9]|20) ?(er?|e?me|ieme|nd)?)'
            ~ '( arr(t|ondissement)?)?$',
        '\\1'
    ) -%}
    {#- Each word gets two spaces of its own, so that neighbours need not share one. -#}
    {%- set words = "concat(' ', replace(" ~ name ~ ", ' ', '  '), ' ')" -%}
    nullif(trim({{ replace_all(
        "replace(replace(" ~ words ~ ", ' st ', ' saint '), ' ste ', ' sainte ')",
        ' +', ' '
    ) }}), '')
{%- endmacro %}
