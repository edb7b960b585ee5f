{#- A number as people type it, in lower case and without what does not change its
    value: spaces, apostrophes between thousands, and what the pattern says. -#}
{% macro number_text(column, superfluous) -%}
    {{ replace_all(
        "lower(" ~ replace_all(column, "[\\s\\p{Z}\\x{200B}\\x{FEFF}\\x{27}\\x{2019}]+", '') ~ ")",
        superfluous, ''
    ) }}
{%- endmacro %}

{#- A count without the word that may stand behind it. -#}
{% macro count_text(column) -%}
    {{ number_text(column, '(abonn[ée]s?|followers?|fans?)$') }}
{%- endmacro %}

{#- An amount in euros without the currency; another currency stays and is unreadable. -#}
{% macro amount_text(column) -%}
    {{ number_text(column, '€|eur(os?)?') }}
{%- endmacro %}
