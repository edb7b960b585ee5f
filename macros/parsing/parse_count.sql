{#- A whole number from its number_text, NULL when it is none. A count has no
    decimals, so a separator before exactly three digits separates thousands
    ("1.234" and "1,234" are 1234). With a suffix ("1,2k", "3m") it is the decimal
    mark, and the result must still be whole. -#}
{% macro parse_count(number_text) -%}
    case
        when {{ matches(number_text, '^[+-]?[1-9]\\d{0,2}((\\.\\d{3})+|(,\\d{3})+)$') }}
            then try_cast({{ replace_all(number_text, '[.,+]', '') }} as bigint)
        when {{ matches(number_text, '^[+-]?[1-9]\\d{0,2}((\\.\\d{3})+,|(,\\d{3})+\\.)0+$') }}
            then try_cast(
                {{ replace_all(replace_all(number_text, '[.,]0+$', ''), '[.,+]', '') }} as bigint
            )
        when {{ matches(number_text, '^[+-]?\\d+([.,]0*)?$') }}
            then try_cast({{ replace_all(number_text, '[.,]0*$|[+]', '') }} as bigint)
        when {{ matches(number_text, '^[+-]?\\d{1,9}([.,]\\d{1,6})?(k|m)$') }}
            then {{ whole_or_null(scaled_number(number_text)) }}
    end
{%- endmacro %}

{#- "1,2k" as 1200.000000: a decimal, so that no binary rounding creeps in. -#}
{% macro scaled_number(number_text) -%}
    cast(replace({{ replace_all(number_text, '[km+]', '') }}, ',', '.') as decimal(16, 6))
    * case when {{ number_text }} like '%k' then 1000 else 1000000 end
{%- endmacro %}

{% macro whole_or_null(number) -%}
    case when {{ number }} = floor({{ number }}) then cast({{ number }} as bigint) end
{%- endmacro %}
