{#- What must hold of a table, in one test: its key is filled and given once, so are other
    combinations of columns where they are filled, further columns are filled, each claim
    is true of every row, and what refers to another table is found there, of the same
    value in the column `within` if one is named; a list `A | B` item by item. A row of the result names what does not
    hold, and the key of the line. -#}
{% test content_holds(model, key, filled=[], unique=[], claims={}, found_in=[]) %}

with content as (
    select
        *,
        concat_ws(' / ', {{ key | join(', ') }}) as content_key
    from {{ model }}
)

{% for columns in [key] + unique -%}
select
    '{{ columns | join(" and ") | replace("'", "''") }} is given once' as claim,
    min(content_key) as content_key
from content
{%- if not loop.first %}
where {{ columns | join(' is not null and ') }} is not null
{%- endif %}
group by {{ columns | join(', ') }}
having count(*) > 1
union all
{% endfor -%}
{% for column in key + filled -%}
select
    '{{ column | replace("'", "''") }} is filled' as claim,
    content_key
from content
where {{ column }} is null
{{ 'union all' if not loop.last }}
{% endfor %}
{%- for claim, expression in claims.items() %}
union all
select
    '{{ claim }}' as claim,
    content_key
from content
where ({{ expression }}) is not true
{%- endfor %}
{%- for reference in found_in %}
union all
select
    '{{ reference.column }} is found in {{ reference.to.identifier }}' as claim,
    content.content_key
{% if reference.is_list -%}
from (
    select
        content_key,
        {{ listed_values(reference.column) }} as {{ reference.column }}
    from content
) as content
{%- else -%}
from content
{%- endif %}
left join {{ reference.to }} as referred
    on
        content.{{ reference.column }} = referred.{{ reference.field }}
        {%- if reference.within %}
        and content.{{ reference.within }} = referred.{{ reference.within }}
        {%- endif %}
where content.{{ reference.column }} is not null and referred.{{ reference.field }} is null
{%- endfor %}

{% endtest %}
