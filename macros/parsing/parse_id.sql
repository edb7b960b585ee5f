{#- An identifier as it is written, NULL where a spreadsheet has lost it: as a power of
    ten ("8,12345E+13") several have become one, and #### is a column too narrow. -#}
{% macro parse_id(known_text) -%}
    case
        when not {{ matches(
            known_text, '^[0-9]([.,][0-9]+)?[eE][+]?[0-9]{1,2}$|^[^\\p{L}\\p{N}]*$'
        ) }} then {{ known_text }}
    end
{%- endmacro %}
