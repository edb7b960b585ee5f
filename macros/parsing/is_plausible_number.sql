{#- False for a year that no client's accounts can have: before 1900, or beyond the
    year after the build's clock (fiscal years may be named by their end). -#}
{% macro is_plausible_year(year_column) -%}
    ({{ year_column }} between 1900 and extract(year from {{ as_of() }}) + 1)
{%- endmacro %}

{#- False for a negative count, and for more followers than there are people on earth
    (8.3 billion in 2026): what is then written is an identifier. -#}
{% macro is_plausible_count(count_column) -%}
    ({{ count_column }} between 0 and 8300000000)
{%- endmacro %}

{#- False for a negative amount, and for more euros than a year of the French economy (3
    thousand billion in 2025). -#}
{% macro is_plausible_amount(amount_column) -%}
    ({{ amount_column }} between 0 and 3000000000000)
{%- endmacro %}
