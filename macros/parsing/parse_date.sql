{#- A date from ISO text (a time behind it is dropped) or from day/month/year with
    /, - or . between; NULL when it is none or no such day exists. -#}
{% macro parse_date(trimmed_column) -%}
    case
        when {{ matches(trimmed_column, '^\\d{4}-\\d{2}-\\d{2}([ T].*)?$') }}
            then try_cast(substring({{ trimmed_column }}, 1, 10) as date)
        when {{ matches(trimmed_column, '^\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{4}( .*)?$') }}
            then {{ date_from_parts(
                "translate(split_part(" ~ trimmed_column ~ ", ' ', 1), '.-', '//')"
            ) }}
    end
{%- endmacro %}

{% macro date_from_parts(day_month_year) -%}
    try_cast(concat(
        split_part({{ day_month_year }}, '/', 3), '-',
        lpad(split_part({{ day_month_year }}, '/', 2), 2, '0'), '-',
        lpad(split_part({{ day_month_year }}, '/', 1), 2, '0')
    ) as date)
{%- endmacro %}
