with turnover as (
    select * from {{ ref('stg_turnover') }}
),

enterprise_fates as (
    select * from {{ ref('int_enterprise_fates') }}
),

rows_attached as (
    select
        turnover.raw_key,
        turnover.enterprise_id,
        enterprise_fates.surviving_enterprise_id,
        turnover.fiscal_year,
        turnover.turnover_eur,
        turnover.turnover_eur_rejection,
        turnover.enterprise_id_text,
        turnover.fiscal_year_text,
        turnover.turnover_eur_text,
        case
            when turnover.enterprise_id is null then 'missing_key'
            when turnover.fiscal_year is null
                then coalesce(turnover.fiscal_year_rejection, 'missing_key')
            when enterprise_fates.enterprise_id is null then 'orphan'
            when enterprise_fates.survivor_disposition = 'inactive' then 'inactive'
            when enterprise_fates.survivor_disposition <> 'used'
                then 'enterprise_rejected'
        end as attachment_rejection
    from turnover
    left join enterprise_fates
        on turnover.enterprise_id = enterprise_fates.enterprise_id
),

-- The latest amount that can be read wins; among several of one year the largest.
amounts_ranked as (
    select
        raw_key,
        row_number() over (
            partition by surviving_enterprise_id
            order by
                case when turnover_eur is null then 1 else 0 end asc,
                fiscal_year desc,
                turnover_eur desc nulls last,
                raw_key asc
        ) as amount_rank,
        dense_rank() over (
            partition by surviving_enterprise_id
            order by
                case when turnover_eur is null then 1 else 0 end asc,
                fiscal_year desc
        ) as year_rank
    from rows_attached
    where attachment_rejection is null
),

rows_disposed as (
    select
        rows_attached.raw_key,
        rows_attached.enterprise_id,
        rows_attached.surviving_enterprise_id,
        rows_attached.fiscal_year,
        rows_attached.turnover_eur,
        rows_attached.enterprise_id_text,
        rows_attached.fiscal_year_text,
        rows_attached.turnover_eur_text,
        case
            when rows_attached.attachment_rejection is not null
                then rows_attached.attachment_rejection
            when amounts_ranked.amount_rank = 1 then 'used'
            when rows_attached.turnover_eur is null
                then coalesce(rows_attached.turnover_eur_rejection, 'missing_value')
            when amounts_ranked.year_rank = 1 then 'duplicate'
            else 'superseded'
        end as disposition
    from rows_attached
    left join amounts_ranked on rows_attached.raw_key = amounts_ranked.raw_key
),

deciding_columns_added as (
    select
        raw_key,
        enterprise_id,
        surviving_enterprise_id,
        fiscal_year,
        turnover_eur,
        disposition,
        case
            when disposition = 'used' then null
            when enterprise_id is null then 'enterprise_id'
            when fiscal_year is null or disposition in ('duplicate', 'superseded')
                then 'fiscal_year'
            when
                disposition in (
                    'unreadable', 'written_unknown', 'out_of_range', 'missing_value'
                )
                then 'turnover_eur'
            else 'enterprise_id'
        end as deciding_column,
        enterprise_id_text,
        fiscal_year_text,
        turnover_eur_text
    from rows_disposed
),

deciding_values_added as (
    select
        raw_key,
        enterprise_id,
        surviving_enterprise_id,
        fiscal_year,
        turnover_eur,
        disposition,
        deciding_column,
        case deciding_column
            when 'enterprise_id' then enterprise_id_text
            when 'fiscal_year' then fiscal_year_text
            when 'turnover_eur' then turnover_eur_text
        end as deciding_value
    from deciding_columns_added
)

select * from deciding_values_added
