{#- All that decides which recommendations fit an enterprise, as one text: its segment,
    category, city and on how many platforms it is. Enterprises of one kind have the same
    plan, and there are far fewer kinds than enterprises. -#}
{% macro enterprise_kind(features, members) -%}
    concat_ws(
            chr(31),
            {{ members }}.segment_key,
            coalesce({{ features }}.category_name, ''),
            coalesce({{ features }}.city_name, ''),
            {{ platforms_told(features) }}
        )
{%- endmacro %}

{#- On how many platforms an enterprise has an account: none, one or several. -#}
{% macro platforms_told(features) -%}
    case
                {%- set flags = ['facebook', 'instagram', 'tiktok', 'other'] %}
                when
                    {%- for flag in flags %}
                    {{ '+ ' if not loop.first -}}
                    cast({{ features }}.has_{{ flag }}_account as integer)
                    {%- endfor %} > 1 then 'several'
                when
                    {%- for flag in flags %}
                    {{ 'or ' if not loop.first -}}
                    {{ features }}.has_{{ flag }}_account
                    {%- endfor %} then 'one'
                else 'none'
            end
{%- endmacro %}
