{#- A number as a double; NaN and infinities are unknown, as they are to the fit. -#}
{% macro known_number(column) -%}
    nullif(nullif(nullif(
        cast({{ column }} as double),
        cast('NaN' as double)), cast('Infinity' as double)), cast('-Infinity' as double)
    )
{%- endmacro %}
