{#- A date from year-month-day (ISO) or day/month/year, with -, / or . between, or from
    the number that Excel keeps a day as. A time behind it is dropped, so the day is the
    one where it was written. NULL when it is none or no such day exists. Takes an ascii_text. -#}
{% macro parse_date(text) -%}
    {%- set day = "split_part(split_part(" ~ text ~ ", ' ', 1), 't', 1)" -%}
    {%- set parts = "translate(" ~ day ~ ", '.-', '//')" -%}
    {%- set time = '([t ] ?([01]?\\d|2[0-4])[:h][0-5]\\d(:[0-5]\\d([.,]\\d+)?)?'
        ~ ' ?([ap]m)? ?(z|utc|gmt|[+-]\\d{2}(:?\\d{2})?)?)?$' -%}
    case
        when {{ matches(text, '^\\d{4}[/.-]\\d{1,2}[/.-]\\d{1,2}' ~ time) }}
            then {{ date_from_parts(
                "split_part(" ~ parts ~ ", '/', 1)",
                "split_part(" ~ parts ~ ", '/', 2)",
                "split_part(" ~ parts ~ ", '/', 3)"
            ) }}
        when {{ matches(text, '^\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{4}' ~ time) }}
            then {{ date_from_parts(
                "split_part(" ~ parts ~ ", '/', 3)",
                "split_part(" ~ parts ~ ", '/', 2)",
                "split_part(" ~ parts ~ ", '/', 1)"
            ) }}
        when {{ matches(text, '^\\d{1,2}[/.]\\d{1,2}[/.]\\d{2}' ~ time) }}
            then {{ date_from_parts(
                full_year("split_part(" ~ parts ~ ", '/', 3)"),
                "split_part(" ~ parts ~ ", '/', 2)",
                "split_part(" ~ parts ~ ", '/', 1)"
            ) }}
        when {{ matches(text, '^\\d{5}([.,]\\d+)?$') }}
            then {{ date_from_excel("substring(" ~ text ~ ", 1, 5)") }}
    end
{%- endmacro %}

{% macro date_from_parts(year, month, day) -%}
    try_cast(concat(
        {{ year }}, '-', lpad({{ month }}, 2, '0'), '-', lpad({{ day }}, 2, '0')
    ) as date)
{%- endmacro %}

{#- The year that two digits stand for: the latest that the build's clock has reached,
    NULL where that is 50 years ago or more, and another order or a typing error is
    likelier. -#}
{% macro full_year(two_digits) -%}
    {%- set latest = "cast(extract(year from " ~ as_of() ~ " + interval '1' day) as integer)" -%}
    {%- set age = "((" ~ latest ~ " - try_cast(" ~ two_digits ~ " as integer)) % 100)" -%}
    case when {{ age }} < 50 then cast({{ latest }} - {{ age }} as string) end
{%- endmacro %}

{#- Excel counts days, with 1 for 1900-01-01 and a 1900-02-29 that never was. Numbers
    before 1950 and from 2100 on are none: other five-digit numbers should not be dates. -#}
{% macro date_from_excel(five_digits) -%}
    case
        when {{ five_digits }} between '18264' and '73050'
            then cast(
                date '1899-12-30'
                + try_cast({{ five_digits }} as integer) * interval '1' day
                as date
            )
    end
{%- endmacro %}
