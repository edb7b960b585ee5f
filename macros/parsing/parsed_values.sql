{#- CTEs that end in `<column>_values`: each text of a raw column once, trimmed, with what
    it is read as. Dates, counts, cities and platforms repeat by the thousand, and to
    parse a text costs a hundred times what a join does.

    `steps` are computed one after the other, each a dictionary of new columns, of which
    `prepared` and `parsed` are not kept. What is not written has no row, and after a left
    join no value. -#}
{% macro parsed_values(column, steps) -%}
{%- set known = [column, column ~ '_text'] -%}
{{ column }}_different as (
    select distinct {{ column }}
    from raw_rows
    where {{ column }} is not null
),

{{ column }}_step_0 as (
    select
        {{ column }},
        {{ trimmed_text(column) }} as {{ column }}_text
    from {{ column }}_different
),

{% for step in steps -%}
{{ column }}_step_{{ loop.index }} as (
    select
        {{ known | join(',\n        ') }}
        {%- for name, expression in step.items() %},
        {{ expression }} as {{ name }}
        {%- endfor %}
    from {{ column }}_step_{{ loop.index0 }}
),

{% do known.extend(step.keys()) -%}
{% endfor -%}
{{ column }}_values as (
    select
        {{ known | reject('in', ['prepared', 'parsed']) | join(',\n        ') }}
    from {{ column }}_step_{{ steps | length }}
)
{%- endmacro %}

{#- A number or date, NULL beyond what is plausible, with the reason why it is none. -#}
{% macro parsed_number(column, value, prepared, parsed, is_plausible) -%}
{{ parsed_values(column, [
    {'prepared': prepared},
    {'parsed': parsed},
    {
        value: 'case when ' ~ is_plausible ~ ' then parsed end',
        column ~ '_rejection': value_rejection(column, 'parsed', is_plausible),
    },
]) }}
{%- endmacro %}

{% macro parsed_date(column, value) -%}
    {{ parsed_number(
        column, value, ascii_text(known_text(column ~ '_text')),
        parse_date('prepared'), is_plausible_date('parsed')
    ) }}
{%- endmacro %}

{#- CTEs that end in `ids_parsed`: of each row the ids, which repeat less than it costs to
    find the different ones, as `<id>_text` and `<id>_read`, `beside` other columns. -#}
{% macro parsed_ids(ids, beside, digest=none) -%}
texts_trimmed as (
    select
        raw_row,
        {% if digest -%}
        {{ digest }} as digest,
        {% endif -%}
        {% for id in ids -%}
        {{ trimmed_text(id) }} as {{ id }}_text,
        {% endfor -%}
        {{ beside | join(',\n        ') }}
    from raw_rows
),

ids_parsed as (
    select
        raw_row,
        {% if digest -%}
        digest,
        {% endif -%}
        {% for id in ids -%}
        {{ id }}_text,
        {{ parse_id(known_text(id ~ '_text')) }} as {{ id }}_read,
        {% endfor -%}
        {{ beside | join(',\n        ') }}
    from texts_trimmed
)
{%- endmacro %}
