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
    ({{ amount_column }} between 0 and {{ largest_amount() }})
{%- endmacro %}

{% macro largest_amount() -%}
    {{- return(3000000000000) -}}
{%- endmacro %}

{#- False for a negative price, and for a billion: one piece of nothing costs that. -#}
{% macro is_plausible_price(price_column) -%}
    ({{ price_column }} between 0 and 1000000000)
{%- endmacro %}

{#- False for more than a billion, sold or taken back. What is not above 0 is no sale, which
    the row's disposition says. -#}
{% macro is_plausible_quantity(quantity_column) -%}
    ({{ quantity_column }} between -1000000000 and 1000000000)
{%- endmacro %}
