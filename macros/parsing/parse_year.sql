{#- A fiscal year from four digits ("2023", "2023.0" as spreadsheets write it), NULL when it is none. -#}
{% macro parse_year(trimmed_column) -%}
    case
        when {{ matches(trimmed_column, '^\\d{4}([.,]0+)?$') }}
            then try_cast(substring({{ trimmed_column }}, 1, 4) as integer)
    end
{%- endmacro %}
