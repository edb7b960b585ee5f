with checks as (
    select * from {{ ref('int_raw_data_checked') }}
),

values_rejected as (
    select * from {{ ref('int_values_rejected') }}
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

columns_judged as (
    select
        concat(checks.raw_table, '.', checks.subject) as subject,
        coalesce(rejections_counted.unknown_count, 0) as unknown_count,
        coalesce(rejections_counted.unreadable_count, 0) as unreadable_count,
        checks.part_count as written_count
    from checks
    left join rejections_counted
        on
            checks.raw_table = rejections_counted.raw_table
            and checks.subject = rejections_counted.column_name
    where checks.check_name = 'written_values' and checks.is_rejected_alone
),

counts_listed as (
    select
        case check_name
            when 'used_rows' then 'used_row_share'
            else 'active_enterprise_share'
        end as check_name,
        raw_table as subject,
        part_count,
        whole_count
    from checks
    where check_name in ('used_rows', 'active_enterprises')
    union all
    select
        'written_unknown_share' as check_name,
        subject,
        unknown_count as part_count,
        written_count as whole_count
    from columns_judged
    union all
    select
        'unreadable_share' as check_name,
        subject,
        unreadable_count as part_count,
        written_count as whole_count
    from columns_judged
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
