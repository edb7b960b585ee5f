{#- A fiscal year from four digits ("2023", "2023.0" as spreadsheets write it), NULL when it is
    none. Takes an ascii_text. -#}
{% macro parse_year(text) -%}
    case
        when {{ matches(text, '^\\d{4}([.,]0+)?$') }}
            then try_cast(substring({{ text }}, 1, 4) as integer)
    end
{%- endmacro %}
