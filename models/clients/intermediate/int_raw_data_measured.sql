{%- set raw_tables = ['enterprises', 'social_accounts', 'turnover'] -%}
{%- set parsed_columns = parsed_columns() -%}

with {% for raw_table in raw_tables -%}
staged_{{ raw_table }} as (
    select * from {{ ref('stg_' ~ raw_table) }}
),

disposed_{{ raw_table }} as (
    select * from {{ ref('int_' ~ raw_table ~ '_disposed') }}
),

{% endfor -%}
values_rejected as (
    select * from {{ ref('int_values_rejected') }}
),

rows_counted as (
    {% for raw_table in raw_tables -%}
    select
        'used_row_share' as check_name,
        '{{ raw_table }}' as subject,
        count(*) filter (where disposition = 'used') as part_count,
        count(*) as whole_count
    from disposed_{{ raw_table }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

-- Of each enterprise the row that stands for it.
enterprises_counted as (
    select
        'active_enterprise_share' as check_name,
        'enterprises' as subject,
        count(*) filter (where disposition = 'used') as part_count,
        count(*) as whole_count
    from disposed_enterprises
    where disposition not in ('missing_key', 'duplicate')
),

values_counted as (
    {% for raw_table, columns in parsed_columns.items() -%}
    {% set last_table = loop.last -%}
    {% for column in columns -%}
    select
        '{{ raw_table }}' as raw_table,
        '{{ column }}' as column_name,
        count({{ column }}_text) as written_count
    from staged_{{ raw_table }}
    {% if not (loop.last and last_table) -%}
    union all
    {% endif -%}
    {% endfor -%}
    {% endfor %}
),

rejections_counted as (
    select
        raw_table,
        column_name,
        count(*) filter (where reason = 'written_unknown') as unknown_count,
        count(*) filter (where reason = 'unreadable') as unreadable_count
    from values_rejected
    group by raw_table, column_name
),

texts_judged as (
    select
        concat(values_counted.raw_table, '.', values_counted.column_name) as subject,
        values_counted.written_count,
        coalesce(rejections_counted.unknown_count, 0) as unknown_count,
        coalesce(rejections_counted.unreadable_count, 0) as unreadable_count
    from values_counted
    left join rejections_counted
        on
            values_counted.raw_table = rejections_counted.raw_table
            and values_counted.column_name = rejections_counted.column_name
),

counts_listed as (
    select
        check_name,
        subject,
        part_count,
        whole_count
    from rows_counted
    union all
    select
        check_name,
        subject,
        part_count,
        whole_count
    from enterprises_counted
    union all
    select
        'written_unknown_share' as check_name,
        subject,
        unknown_count as part_count,
        written_count as whole_count
    from texts_judged
    union all
    select
        'unreadable_share' as check_name,
        subject,
        unreadable_count as part_count,
        written_count as whole_count
    from texts_judged
),

shares_measured as (
    select
        check_name,
        subject,
        cast(part_count as double) / nullif(whole_count, 0) as value,
        concat(part_count, ' / ', whole_count) as detail
    from counts_listed
)

select * from shares_measured
