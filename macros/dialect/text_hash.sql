{#- 64 bits of a text, which both engines compute otherwise: to compare within a build. -#}
{% macro text_hash(text) -%}
    {{ return(adapter.dispatch('text_hash')(text)) }}
{%- endmacro %}

{% macro default__text_hash(text) -%}
    xxhash64({{ text }})
{%- endmacro %}

{% macro duckdb__text_hash(text) -%}
    hash({{ text }})
{%- endmacro %}
