{#- False for a date before 1950, and for one after the build's clock: a typing error that
    would outrank every real measurement. One day is allowed for time zones. -#}
{% macro is_plausible_date(date_column) -%}
    ({{ date_column }} between date '1950-01-01'
        and cast({{ as_of() }} as date) + interval '1' day)
{%- endmacro %}
