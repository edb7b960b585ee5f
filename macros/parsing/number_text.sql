{#- A number as people type it, as a minus sign or none and the number: a plus sign and
    the words that may stand before or behind it do not change its value, a minus sign
    on either side or brackets around it make it negative. NULL when it has more signs
    than that. Spaces between digits stay, for only those between thousands may be left
    out. Takes an ascii_text. -#}
{% macro number_text(text, words) -%}
    {%- set bare = replace_all(
        text, '^( |[-+(]' ~ words ~ ')+|( |[-)]' ~ words ~ ')+$', ''
    ) -%}
    case
        when {{ matches(text, '^[^-+()0-9]*[+]?[^-+()]*$') }} then {{ bare }}
        when {{ matches(
            text,
            '^[^-+()0-9]*-[^-+()]*$|^[^-+()]*[^-+().,]-[^-+()0-9]*$|^[^-+()0-9]*[(][^-+()]+[)][^-+()0-9]*$'
        ) }} then concat('-', {{ bare }})
    end
{%- endmacro %}

{#- A count without the word that may stand behind it. -#}
{% macro count_text(text) -%}
    {{ number_text(text, '|abonn[ée]s?|followers?|fans?') }}
{%- endmacro %}

{#- An amount in euros without the currency, or that it is before taxes; another currency,
    or taxes that are in it, stay and are unreadable. -#}
{% macro amount_text(text) -%}
    {{ number_text(text, '|€|eur(os?)?|ht|hors taxes?') }}
{%- endmacro %}
