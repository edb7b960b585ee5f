-- What people see must account for what came in: the rows used in the feature table's
-- inputs and the whole rows of rejected_rows add up to the raw rows, table by table.
with raw_counts as (
    {% for raw_table in ['enterprises', 'social_accounts', 'turnover'] -%}
    select
        '{{ raw_table }}' as raw_table,
        (select count(*) from {{ ref('base_' ~ raw_table) }}) as raw_count,
        (
            select count(*)
            from {{ ref('int_' ~ raw_table ~ '_disposed') }}
            where disposition = 'used'
        ) as used_count
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

rejected_counts as (
    select
        raw_table,
        count(*) as rejected_count
    from {{ ref('rejected_rows') }}
    where is_whole_row
    group by raw_table
)

select
    raw_counts.raw_table,
    raw_counts.raw_count,
    raw_counts.used_count,
    coalesce(rejected_counts.rejected_count, 0) as rejected_count
from raw_counts
left join rejected_counts on raw_counts.raw_table = rejected_counts.raw_table
where
    raw_counts.raw_count
    <> raw_counts.used_count + coalesce(rejected_counts.rejected_count, 0)
