{#- An amount with two decimals from its number_text, NULL when it is none. Where
    both separators occur the last one is the decimal mark; a single one before
    exactly three digits separates thousands ("1.234" is 1234.00, for an amount
    has two decimals or none), any other is the decimal mark. -#}
{% macro parse_amount(number_text) -%}
    case
        when {{ matches(number_text, '^[+-]?[1-9]\\d{0,2}((\\.\\d{3})+|(,\\d{3})+)$') }}
            then try_cast({{ replace_all(number_text, '[.,+]', '') }} as decimal(18, 2))
        when {{ matches(number_text, '^[+-]?[1-9]\\d{0,2}(\\.\\d{3})+,\\d+$') }}
            then try_cast(
                replace({{ replace_all(number_text, '[.+]', '') }}, ',', '.') as decimal(18, 2)
            )
        when {{ matches(number_text, '^[+-]?[1-9]\\d{0,2}(,\\d{3})+\\.\\d+$') }}
            then try_cast({{ replace_all(number_text, '[,+]', '') }} as decimal(18, 2))
        when {{ matches(number_text, '^[+-]?\\d+([.,]\\d*)?$') }}
            then try_cast(
                replace({{ replace_all(number_text, '[+]', '') }}, ',', '.') as decimal(18, 2)
            )
        when {{ matches(number_text, '^[+-]?\\d{1,9}([.,]\\d{1,6})?(k|m)$') }}
            then try_cast({{ scaled_number(number_text) }} as decimal(18, 2))
    end
{%- endmacro %}
