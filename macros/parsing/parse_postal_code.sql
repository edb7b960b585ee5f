{#- A postal code as it identifies a place: in upper case, without the spaces, signs and
    country letters around it, CEDEX, and the decimals and separators that spreadsheets
    add. NULL where it has no digit but 0, or is a power of ten, whose digits are gone. -#}
{% macro parse_postal_code(known_text) -%}
    {%- set code = replace_all(
        ascii_text(known_text),
        '^[ ]*((f|fr|b|be|l|lu|ch|d|de|mc) ?- ?|fr? ?([0-9]))|[ -]*ced[ea]?x.*$|[.,]0{1,2}$',
        '\\3'
    ) -%}
    {%- set code = replace_all(code, '^([0-9]{1,2})[., ]([0-9]{3})$|[ ]+', '\\1\\2') -%}
    case
        when {{ matches(code, '^[0-9a-z-]*[1-9][0-9a-z-]*$') }}
            and not {{ matches(code, '^[0-9]([.,][0-9]+)?e[+]?[0-9]{1,2}$') }}
            then upper({{ code }})
    end
{%- endmacro %}
