{#- A text whose letters and accents are one character each where there is one. -#}
{% macro composed(text) -%}
    {{ return(adapter.dispatch('composed')(text)) }}
{%- endmacro %}

{#- No general function elsewhere: the letters of Western Europe, each mark behind one. -#}
{% macro default__composed(text) -%}
    {%- set marked = {
        768: 'aàeèiìoòuù', 769: 'aáeéiíoóuúyý', 770: 'aâeêiîoôuû', 771: 'aãnñoõ',
        776: 'aäeëiïoöuüyÿ', 807: 'cç',
    } -%}
    {%- set sql = namespace(text=text) -%}
    {%- for mark, letters in marked.items() -%}
        {%- for letter, with_mark in (letters ~ letters | upper) | batch(2) -%}
            {%- set apart = letter ~ '%c' % mark -%}
            {%- set sql.text
                = 'replace(' ~ sql.text ~ ", '" ~ apart ~ "', '" ~ with_mark ~ "')" -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ sql.text }}
{%- endmacro %}

{% macro duckdb__composed(text) -%}
    nfc_normalize({{ text }})
{%- endmacro %}
