{#- A number as people write it in a sentence. It has no decimals where it is whole or
    at least `whole_from`, else more of them the smaller it is. French separates
    thousands by a narrow no-break space and decimals by a comma. -#}
{% macro worded_number(value, whole_from, language) -%}
    {%- set separators = {'fr': '\u202f,', 'en': ',.'}[language] -%}
    translate(
        case
            when abs({{ value }}) >= {{ whole_from }} or {{ value }} = round({{ value }})
                then {{ grouped_number(value, 0) }}
            when abs({{ value }}) >= 1 then {{ grouped_number(value, 1) }}
            when abs({{ value }}) >= 0.1 then {{ grouped_number(value, 2) }}
            else {{ grouped_number(value, 4) }}
        end,
        ',.',
        '{{ separators }}'
    )
{%- endmacro %}
