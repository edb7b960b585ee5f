{#- False for a date after the build's clock: a typing error that would outrank
    every real measurement. One day is allowed for time zones. -#}
{% macro is_past(date_column) -%}
    ({{ date_column }} <= cast({{ as_of() }} as date) + interval '1' day)
{%- endmacro %}
