{#- A text whose letters and accents are one character each where there is one. -#}
{% macro composed(text) -%}
    {{ return(adapter.dispatch('composed')(text)) }}
{%- endmacro %}

{#- No general function elsewhere: it looks the same, and its keys are the same. -#}
{% macro default__composed(text) -%}
    {{ text }}
{%- endmacro %}

{% macro duckdb__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}
