-- Nothing may disappear between raw and marts, and nothing may be counted twice: each
-- row of a disposition model is another one, and each row of staging is there.
{% for raw_table in raw_columns().keys() | list + ['contacts'] -%}
{% set first_layer = 'stg_' if raw_table in raw_columns() else 'base_' -%}
select
    '{{ raw_table }}' as raw_table,
    raw_row,
    'is there more than once' as fault
from {{ ref('int_' ~ raw_table ~ '_disposed') }}
group by raw_row
having raw_row is null or count(*) > 1
union all
select
    '{{ raw_table }}' as raw_table,
    staged.raw_row,
    'has no disposition' as fault
from {{ ref(first_layer ~ raw_table) }} as staged
left join {{ ref('int_' ~ raw_table ~ '_disposed') }} as disposed
    on staged.raw_row = disposed.raw_row
where disposed.raw_row is null
{{ 'union all' if not loop.last }}
{% endfor %}
