{#- Where the tables of the last publication are. -#}
{% macro last_publication() -%}
    {{ return(adapter.dispatch('last_publication')()) }}
{%- endmacro %}

{% macro default__last_publication() -%}
    {{ return('previous_publication') }}
{%- endmacro %}

{#- A catalog of its own, in memory. -#}
{% macro duckdb__last_publication() -%}
    {{ return('previous_publication.main') }}
{%- endmacro %}
