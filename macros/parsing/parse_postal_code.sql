{#- A postal code as text, without the decimals that a spreadsheet adds to a number. -#}
{% macro parse_postal_code(trimmed_column) -%}
    case
        when {{ matches(trimmed_column, '^[0-9]+[.,]0+$') }}
            then {{ replace_all(trimmed_column, '[.,]0+$', '') }}
        else {{ trimmed_column }}
    end
{%- endmacro %}
