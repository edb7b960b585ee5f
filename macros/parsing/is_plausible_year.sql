{#- False for a year that no client's accounts can have: before 1900, or beyond the
    year after the build's clock (fiscal years may be named by their end). -#}
{% macro is_plausible_year(year_column) -%}
    ({{ year_column }} between 1900 and extract(year from {{ as_of() }}) + 1)
{%- endmacro %}
