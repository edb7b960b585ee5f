{#- An amount from its number_text, rounded to the cent or to so many decimals; NULL when
    it is none. Between thousands may be spaces, points or commas, always before three
    digits. Where two kinds of separator occur the last one is the decimal mark; a single
    point or comma before exactly three digits separates thousands ("1.234" is 1234.00,
    for an amount has two decimals or none), any other is the decimal mark. -#}
{% macro parse_amount(number_text, decimals=2) -%}
    {%- set type = 'decimal(18, ' ~ decimals ~ ')' -%}
    case
        when {{ matches(number_text, '^-?[1-9]\\d{0,2}((\\.\\d{3})+|(,\\d{3})+)$') }}
            then try_cast({{ replace_all(number_text, '[.,]', '') }} as {{ type }})
        when {{ matches(number_text, '^-?[1-9]\\d{0,2}(\\.\\d{3})+,\\d*$') }}
            then try_cast(
                replace({{ replace_all(number_text, '[.]', '') }}, ',', '.')
                as {{ type }}
            )
        when {{ matches(number_text, '^-?[1-9]\\d{0,2}(,\\d{3})+\\.\\d*$') }}
            then try_cast({{ replace_all(number_text, ',', '') }} as {{ type }})
        when {{ matches(number_text, '^-?(\\d+|[1-9]\\d{0,2}( \\d{3})+)([.,]\\d*)?$') }}
            then try_cast(
                replace({{ replace_all(number_text, ' ', '') }}, ',', '.')
                as {{ type }}
            )
        when {{ is_scaled_number(number_text) }}
            then try_cast({{ scaled_number(number_text) }} as {{ type }})
    end
{%- endmacro %}
