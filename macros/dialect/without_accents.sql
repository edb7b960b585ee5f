{#- A lower-case text without accents, composed or combining. -#}
{% macro without_accents(text) -%}
    {{ return(adapter.dispatch('without_accents')(text)) }}
{%- endmacro %}

{#- No general function elsewhere: the letters of Western and Central Europe. -#}
{% macro default__without_accents(text) -%}
    translate(
        {{ replace_all(text, '\\p{Mn}', '') }},
        'àáâãäåāăąçćčďèéêëēęěìíîïīļľłñńňòóôõöőřśšťùúûüūůűýÿźžż',
        'aaaaaaaaacccdeeeeeeeiiiiilllnnnoooooorsstuuuuuuuyyzzz'
    )
{%- endmacro %}

{% macro duckdb__without_accents(text) -%}
    strip_accents({{ text }})
{%- endmacro %}
