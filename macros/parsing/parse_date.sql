{#- A date from year-month-day (ISO) or day/month/year, with -, / or . between, from a month
    written out in French or English, from eight digits (20241231), or from the number that
    a spreadsheet (days) or a program (seconds or milliseconds since 1970) keeps. A time
    behind it is dropped, so the day is the one where it was written. NULL when it is
    none, when no such day exists, or when its parts may stand in another order. Takes an
    ascii_text. -#}
{% macro parse_date(text) -%}
    {%- set day = "split_part(split_part(" ~ text ~ ", ' ', 1), 't', 1)" -%}
    {%- set parts = "translate(" ~ day ~ ", '.-', '//')" -%}
    {%- set first = "split_part(" ~ parts ~ ", '/', 1)" -%}
    {%- set second = "split_part(" ~ parts ~ ", '/', 2)" -%}
    {%- set third = "split_part(" ~ parts ~ ", '/', 3)" -%}
    {%- set zone = 'z|[+-]\\d{2}(:?\\d{2})?|[a-z]{3,5}|[a-z]+/[a-z_]+' -%}
    {%- set time = '([t ] ?([01]?\\d|2[0-4])[:h][0-5]\\d(:[0-5]\\d([.,]\\d+)?)?'
        ~ ' ?([ap]m)? ?(' ~ zone ~ ')?)?$' -%}
    case
        when {{ matches(text, '^\\d{4}[/.-]\\d{1,2}[/.-]\\d{1,2}' ~ time) }}
            then {{ date_from_parts(first, second, third) }}
        when {{ matches(text, '^\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{4}' ~ time) }}
            then {{ date_from_parts(third, second, first) }}
        when {{ matches(text, '^\\d{1,2}[/.]\\d{1,2}[/.]\\d{2}' ~ time) }}
            then {{ date_from_parts(full_year(third), second, first) }}
        -- With dashes the year may stand first, unless it would be one to come.
        when
            {{ matches(text, '^\\d{1,2}-\\d{1,2}-\\d{2}' ~ time) }}
            and {{ full_year(first) }} is null
            then {{ date_from_parts(full_year(third), second, first) }}
        when {{ matches(text, '^(19|20)\\d{6}$') }}
            then {{ date_from_parts(
                "substring(" ~ text ~ ", 1, 4)",
                "substring(" ~ text ~ ", 5, 2)",
                "substring(" ~ text ~ ", 7, 2)"
            ) }}
        when {{ matches(text, '[a-zéû]{3}.*\\d{2}') }}
            then {{ date_from_words(text, time) }}
        when {{ matches(text, '^\\d{5}([.,]\\d+)?$') }}
            then {{ date_from_excel("substring(" ~ text ~ ", 1, 5)") }}
        when {{ matches(text, '^1\\d{9}(\\d{3})?$') }}
            then {{ days_after(
                "date '1970-01-01'",
                "floor(try_cast(substring(" ~ text ~ ", 1, 10) as bigint) / 86400)"
            ) }}
    end
{%- endmacro %}

{% macro date_from_parts(year, month, day) -%}
    try_cast(concat(
        {{ year }}, '-', lpad({{ month }}, 2, '0'), '-', lpad({{ day }}, 2, '0')
    ) as date)
{%- endmacro %}

{#- "31 déc. 2024", "1er janvier 2025", "Dec 31, 2024": the month by its first letters, the
    others as the parts that surround it. -#}
{% macro date_from_words(text, time) -%}
    {%- set month_names = [
        'janv?|janvier|january', 'fev|fevr|fevrier|feb|february', 'mars?|march',
        'avr|avril|apr|april', 'mai|may', 'juin|june?', 'juil|juillet|july?',
        'aout?|aug|august', 'sept?|septembre|september', 'oct|octobre|october',
        'nov|novembre|november', 'dec|decembre|december',
    ] -%}
    {%- set word = '(' ~ month_names | join('|') ~ ')' -%}
    {%- set plain = without_accents(text) -%}
    {%- set day_first = '^(\\d{1,2})(?:er)?[ .-]*' ~ word ~ '[ .-]+(\\d{4}|\\d{2})' ~ time -%}
    {%- set month_first = '^' ~ word ~ '[ .]+(\\d{1,2})(?:st|nd|rd|th)?,? +(\\d{4})' ~ time -%}
    {%- set month -%}
        case
            {%- for names in month_names %}
            when {{ matches(plain, '(^|[^a-z])(' ~ names ~ ')([^a-z]|$)') }}
                then '{{ loop.index }}'
            {%- endfor %}
        end
    {%- endset -%}
    {%- set year = extracted(plain, day_first, 3) -%}
    case
        when {{ matches(plain, day_first) }} then {{ date_from_parts(
            "case when length(" ~ year ~ ") = 2 then " ~ full_year(year)
                ~ " else " ~ year ~ " end",
            month,
            extracted(plain, day_first, 1)
        ) }}
        when {{ matches(plain, month_first) }} then {{ date_from_parts(
            extracted(plain, month_first, 3), month, extracted(plain, month_first, 2)
        ) }}
    end
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
            then {{ days_after(
                "date '1899-12-30'", "try_cast(" ~ five_digits ~ " as integer)"
            ) }}
    end
{%- endmacro %}

{% macro days_after(day, count) -%}
    cast({{ day }} + cast({{ count }} as integer) * interval '1' day as date)
{%- endmacro %}
