{#- A text as 64 bits. Each engine has its own: compare within one build only. -#}
{% macro text_hash(text) -%}
    {{ return(adapter.dispatch('text_hash')(text)) }}
{%- endmacro %}

{% macro default__text_hash(text) -%}
    xxhash64({{ text }})
{%- endmacro %}

{% macro duckdb__text_hash(text) -%}
    hash({{ text }})
{%- endmacro %}
