with turnover as (
    select * from {{ ref('stg_turnover') }}
),

raw_rows as (
    select * from {{ ref('base_turnover') }}
),

enterprise_fates as (
    select * from {{ ref('int_enterprise_fates') }}
),

rows_attached as (
    select
        turnover.raw_row,
        turnover.enterprise_id,
        turnover.fiscal_year,
        turnover.turnover_eur,
        turnover.turnover_eur_rejection,
        enterprise_fates.surviving_enterprise_id,
        case
            {{ rejection_of_id('turnover') }}
            when turnover.fiscal_year is null
                then coalesce(turnover.fiscal_year_rejection, 'missing_key')
            {{ rejection_of_fate() }}
        end as attachment_rejection
    from turnover
    left join enterprise_fates
        on turnover.enterprise_id = enterprise_fates.enterprise_id
),

ids_repeated as (
    select surviving_enterprise_id
    from rows_attached
    where attachment_rejection is null
    group by surviving_enterprise_id
    having count(*) > 1
),

rows_of_one_id as (
    select
        rows_attached.raw_row,
        rows_attached.surviving_enterprise_id,
        rows_attached.fiscal_year,
        rows_attached.turnover_eur,
        {{ row_digest('turnover', 'raw_rows') }} as digest
    from rows_attached
    inner join ids_repeated
        on rows_attached.surviving_enterprise_id = ids_repeated.surviving_enterprise_id
    left join raw_rows on rows_attached.raw_row = raw_rows.raw_row
    where rows_attached.attachment_rejection is null
),

-- The latest amount that can be read wins; among several of one year the largest.
rows_ranked as (
    select
        raw_row,
        row_number() over latest_first as amount_rank,
        first_value(turnover_eur) over latest_first as used_turnover_eur,
        dense_rank() over (
            partition by surviving_enterprise_id
            order by turnover_eur is null asc, fiscal_year desc
        ) as year_rank
    from rows_of_one_id
    window latest_first as (
        partition by surviving_enterprise_id
        order by
            turnover_eur is null asc,
            fiscal_year desc,
            turnover_eur desc nulls last,
            digest asc,
            raw_row asc
    )
),

rows_disposed as (
    select
        rows_attached.raw_row,
        rows_attached.enterprise_id,
        rows_attached.surviving_enterprise_id,
        rows_attached.fiscal_year,
        rows_attached.turnover_eur,
        case
            when rows_attached.attachment_rejection is not null
                then rows_attached.attachment_rejection
            when coalesce(rows_ranked.amount_rank, 1) = 1 then 'used'
            when rows_attached.turnover_eur is null
                then coalesce(rows_attached.turnover_eur_rejection, 'missing_value')
            {% if 'turnover' in var('added_up') -%}
            when rows_ranked.year_rank = 1 then 'used'
            {% else -%}
            when
                rows_ranked.year_rank = 1
                and rows_attached.turnover_eur <> rows_ranked.used_turnover_eur
                then 'conflicting'
            when rows_ranked.year_rank = 1 then 'duplicate'
            {% endif -%}
            else 'superseded'
        end as disposition,
        case
            when disposition = 'used' then null
            when
                rows_attached.enterprise_id is not null
                and rows_attached.fiscal_year is null
                then 'fiscal_year'
            when rows_attached.attachment_rejection is not null then 'enterprise_id'
            when disposition in ('duplicate', 'superseded') then 'fiscal_year'
            else 'turnover_eur'
        end as deciding_column
    from rows_attached
    left join rows_ranked using (raw_row)
)

select * from rows_disposed
