-- What people see must account for what came in: the used rows and the whole rows of
-- rejected_rows add up to the raw rows, table by table.
{% for raw_table in raw_columns().keys() | list + ['contacts'] -%}
select '{{ raw_table }}' as raw_table
where
    (select count(*) from {{ raw_relation(raw_table) }})
    <> (
        select count(*)
        from {{ ref('int_' ~ raw_table ~ '_disposed') }}
        where disposition = 'used'
    ) + (
        select count(*)
        from {{ ref('rejected_rows') }}
        where is_whole_row and raw_table = '{{ raw_table }}'
    )
{{ 'union all' if not loop.last }}
{% endfor %}
