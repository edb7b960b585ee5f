-- Nothing may disappear between raw and marts, and nothing may be counted twice: each
-- raw key of a base model is there once and has exactly one row in its disposition
-- model. Staging is between them, so this holds its key as well.
{% for raw_table in raw_columns() -%}
select
    '{{ raw_table }}' as raw_table,
    raw_rows.raw_key,
    count(disposed.raw_key) as disposition_count
from {{ ref('base_' ~ raw_table) }} as raw_rows
full outer join {{ ref('int_' ~ raw_table ~ '_disposed') }} as disposed
    on raw_rows.raw_key = disposed.raw_key
group by raw_rows.raw_key
having raw_rows.raw_key is null or count(disposed.raw_key) <> 1
{{ 'union all' if not loop.last }}
{% endfor %}
