{#- A whole number from its number_text, NULL when it is none. A count has no
    decimals, so a point or comma before exactly three digits separates thousands
    ("1.234" and "1,234" are 1234), as a space always does. Decimals that are all zero
    do not change it. With a suffix ("1,2k", "3 mio") point and comma are the decimal
    mark, and the result must still be whole. -#}
{% macro parse_count(number_text) -%}
    case
        when {{ matches(number_text, '^-?[1-9]\\d{0,2}((\\.\\d{3})+|(,\\d{3})+)$') }}
            then try_cast({{ replace_all(number_text, '[.,]', '') }} as bigint)
        when {{ matches(number_text, '^-?[1-9]\\d{0,2}((\\.\\d{3})+,|(,\\d{3})+\\.)0*$') }}
            then try_cast(
                {{ replace_all(replace_all(number_text, '[.,]0*$', ''), '[.,]', '') }}
                as bigint
            )
        when {{ matches(number_text, '^-?(\\d+|[1-9]\\d{0,2}( \\d{3})+)([.,]0*)?$') }}
            then try_cast({{ replace_all(number_text, '[.,]0*$| ', '') }} as bigint)
        when {{ is_scaled_number(number_text) }}
            then {{ whole_or_null(scaled_number(number_text)) }}
    end
{%- endmacro %}

{#- Whether a text is a number with a suffix for thousands or millions: short enough
    for the decimal that it becomes. -#}
{% macro is_scaled_number(number_text) -%}
    {{ matches(
        number_text,
        '^-?(\\d{1,9}|[1-9]\\d{0,2}( \\d{3}){1,2})([.,]\\d{1,6})? ?(k|m|mio[.]?|millions?)$'
    ) }}
{%- endmacro %}

{#- "1,2k" as 1200.000000: a decimal, so that no binary rounding creeps in,
    and wide enough for nine digits of millions. -#}
{% macro scaled_number(number_text) -%}
    try_cast(
        replace({{ replace_all(number_text, ' |k|m.*$', '') }}, ',', '.')
        as decimal(28, 6)
    ) * case when {{ number_text }} like '%k' then 1000 else 1000000 end
{%- endmacro %}

{% macro whole_or_null(number) -%}
    case when {{ number }} = floor({{ number }}) then cast({{ number }} as bigint) end
{%- endmacro %}
