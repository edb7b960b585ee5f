{#- What a text that people write lists, one value a row: of "A | B" A and B. -#}
{% macro listed_values(list) -%}
    {{ return(adapter.dispatch('listed_values')(list)) }}
{%- endmacro %}

{% macro default__listed_values(list) -%}
    explode(split({{ list }}, ' [|] '))
{%- endmacro %}

{% macro duckdb__listed_values(list) -%}
    unnest(string_split({{ list }}, ' | '))
{%- endmacro %}
