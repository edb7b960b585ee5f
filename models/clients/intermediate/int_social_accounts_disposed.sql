with social_accounts as (
    select * from {{ ref('stg_social_accounts') }}
),

platforms as (
    select * from {{ ref('int_platforms_resolved') }}
),

enterprise_fates as (
    select * from {{ ref('int_enterprise_fates') }}
),

rows_attached as (
    select
        social_accounts.raw_key,
        social_accounts.enterprise_id,
        enterprise_fates.surviving_enterprise_id,
        enterprise_fates.survivor_disposition,
        platforms.platform,
        social_accounts.measured_on,
        social_accounts.followers,
        social_accounts.followers_rejection,
        social_accounts.enterprise_id_text,
        social_accounts.platform_text,
        social_accounts.followers_text,
        social_accounts.measured_on_text,
        case
            when social_accounts.enterprise_id is null then 'missing_key'
            -- A platform without letter or digit is written, and still none.
            when
                social_accounts.platform_key is null
                and social_accounts.platform_name is not null
                then 'unreadable'
            when social_accounts.platform_key is null then 'missing_key'
            when enterprise_fates.enterprise_id is null then 'orphan'
            when enterprise_fates.survivor_disposition = 'inactive' then 'inactive'
            when enterprise_fates.survivor_disposition <> 'used'
                then 'enterprise_rejected'
        end as attachment_rejection
    from social_accounts
    left join platforms on social_accounts.platform_key = platforms.platform_key
    left join enterprise_fates
        on social_accounts.enterprise_id = enterprise_fates.enterprise_id
),

-- The latest count that can be read wins; among several of one day the largest.
measurements_ranked as (
    select
        raw_key,
        row_number() over (
            partition by surviving_enterprise_id, platform
            order by
                case when followers is null then 1 else 0 end asc,
                measured_on desc nulls last,
                followers desc nulls last,
                raw_key asc
        ) as measurement_rank,
        dense_rank() over (
            partition by surviving_enterprise_id, platform
            order by
                case when followers is null then 1 else 0 end asc,
                measured_on desc nulls last
        ) as day_rank
    from rows_attached
    where attachment_rejection is null
),

rows_disposed as (
    select
        rows_attached.raw_key,
        rows_attached.enterprise_id,
        rows_attached.surviving_enterprise_id,
        rows_attached.platform,
        rows_attached.measured_on,
        rows_attached.followers,
        rows_attached.enterprise_id_text,
        rows_attached.platform_text,
        rows_attached.followers_text,
        rows_attached.measured_on_text,
        case
            when rows_attached.attachment_rejection is not null
                then rows_attached.attachment_rejection
            when measurements_ranked.measurement_rank = 1 then 'used'
            when rows_attached.followers is null
                then coalesce(rows_attached.followers_rejection, 'missing_value')
            when measurements_ranked.day_rank = 1 then 'duplicate'
            else 'superseded'
        end as disposition
    from rows_attached
    left join measurements_ranked
        on rows_attached.raw_key = measurements_ranked.raw_key
),

deciding_columns_added as (
    select
        raw_key,
        enterprise_id,
        surviving_enterprise_id,
        platform,
        measured_on,
        followers,
        disposition,
        case
            when disposition = 'used' then null
            when platform is null and enterprise_id is not null then 'platform'
            when disposition in ('duplicate', 'superseded') then 'measured_on'
            when
                disposition in (
                    'unreadable', 'written_unknown', 'out_of_range', 'missing_value'
                )
                then 'followers'
            else 'enterprise_id'
        end as deciding_column,
        enterprise_id_text,
        platform_text,
        followers_text,
        measured_on_text
    from rows_disposed
),

deciding_values_added as (
    select
        raw_key,
        enterprise_id,
        surviving_enterprise_id,
        platform,
        measured_on,
        followers,
        disposition,
        deciding_column,
        case deciding_column
            when 'enterprise_id' then enterprise_id_text
            when 'platform' then platform_text
            when 'followers' then followers_text
            when 'measured_on' then measured_on_text
        end as deciding_value
    from deciding_columns_added
)

select * from deciding_values_added
