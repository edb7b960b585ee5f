{#- A fiscal year from four digits ("2023", "2023.0" as spreadsheets write it) or from two
    years in a row, of which the later names it ("2022/2023", "2022/23"); NULL when it is
    none. Takes an ascii_text. -#}
{% macro parse_year(text) -%}
    {%- set first = "try_cast(substring(" ~ text ~ ", 1, 4) as integer)" -%}
    case
        when {{ matches(text, '^\\d{4}([.,]0+)?$') }} then {{ first }}
        when
            {{ matches(text, '^\\d{4} ?[/-] ?\\d{4}$') }}
            and try_cast(right({{ text }}, 4) as integer) = {{ first }} + 1
            then {{ first }} + 1
        when
            {{ matches(text, '^\\d{4}/\\d{2}$') }}
            and try_cast(right({{ text }}, 2) as integer) = ({{ first }} + 1) % 100
            then {{ first }} + 1
    end
{%- endmacro %}
