{#- The build's one clock, as a timestamp in UTC. -#}
{% macro as_of() -%}
    cast('{{ as_of_text() }}' as timestamp)
{%- endmacro %}

{#- The same as text. An offset from UTC is taken off here, which SQL would not mind; what
    check_settings refuses stays as it is. -#}
{% macro as_of_text() -%}
    {%- set given = given_as_of() -%}
    {%- set zoned = modules.re.fullmatch(
        '([12][0-9]{3})-(0[1-9]|1[0-2])-([0-3][0-9])[ T]([01][0-9]|2[0-3]):([0-5][0-9])'
        ~ '(:[0-5][0-9](?:[.][0-9]+)?)?([+-])([0-9]{2}):?([0-9]{2})', given
    ) -%}
    {%- if zoned -%}
        {%- set year, month, day, hour, minute, second, sign, hours, minutes
            = zoned.groups() -%}
        {%- set offset = (hours | int * 60 + minutes | int) * (sign ~ 1) | int -%}
        {%- set midnight = modules.datetime.datetime(year | int, month | int, 1) -%}
        {%- set clock = midnight + modules.datetime.timedelta(
            days=day | int - 1, hours=hour | int, minutes=minute | int - offset
        ) -%}
        {{- clock.strftime('%Y-%m-%d %H:%M') ~ (second or ':00') -}}
    {%- else -%}
        {{- given -}}
    {%- endif -%}
{%- endmacro %}

{#- As somebody has written it. -#}
{% macro given_as_of() -%}
    {%- if var('as_of') in ('', none) -%}
        {{- run_started_at.strftime('%Y-%m-%d %H:%M:%S') -}}
    {%- else -%}
        {{- var('as_of') -}}
    {%- endif -%}
{%- endmacro %}
