with social_accounts as (
    select * from {{ ref('stg_social_accounts') }}
),

raw_rows as (
    select * from {{ ref('base_social_accounts') }}
),

names as (
    select * from {{ ref('int_names_resolved') }}
),

enterprise_fates as (
    select * from {{ ref('int_enterprise_fates') }}
),

rows_attached as (
    select
        social_accounts.raw_row,
        social_accounts.enterprise_id,
        social_accounts.platform_key,
        social_accounts.followers,
        social_accounts.measured_on,
        social_accounts.followers_rejection,
        social_accounts.measured_on_rejection,
        enterprise_fates.surviving_enterprise_id,
        names.resolved_name as platform,
        case
            {{ rejection_of_id('social_accounts') }}
            -- A platform without letter or digit is written, and still none.
            when
                social_accounts.platform_key is null
                and social_accounts.platform_name is not null
                then 'unreadable'
            when social_accounts.platform_key is null then 'missing_key'
            {{ rejection_of_fate() }}
        end as attachment_rejection
    from social_accounts
    left join names
        on
            names.name_kind = 'platform'
            and social_accounts.platform_key = names.name_key
    left join enterprise_fates
        on social_accounts.enterprise_id = enterprise_fates.enterprise_id
),

accounts_repeated as (
    select
        surviving_enterprise_id,
        platform
    from rows_attached
    where attachment_rejection is null
    group by surviving_enterprise_id, platform
    having count(*) > 1
),

rows_of_one_account as (
    select
        rows_attached.raw_row,
        rows_attached.surviving_enterprise_id,
        rows_attached.platform,
        rows_attached.followers,
        rows_attached.measured_on,
        {{ row_digest('social_accounts', 'raw_rows') }} as digest
    from rows_attached
    inner join accounts_repeated
        on
            rows_attached.surviving_enterprise_id
            = accounts_repeated.surviving_enterprise_id
            and rows_attached.platform = accounts_repeated.platform
    left join raw_rows on rows_attached.raw_row = raw_rows.raw_row
    where rows_attached.attachment_rejection is null
),

-- The latest count that can be read wins; among several of one day the largest.
rows_ranked as (
    select
        raw_row,
        row_number() over latest_first as measurement_rank,
        first_value(followers) over latest_first as used_followers,
        dense_rank() over (
            partition by surviving_enterprise_id, platform
            order by followers is null asc, measured_on desc nulls last
        ) as day_rank
    from rows_of_one_account
    window latest_first as (
        partition by surviving_enterprise_id, platform
        order by
            followers is null asc,
            measured_on desc nulls last,
            followers desc nulls last,
            digest asc,
            raw_row asc
    )
),

rows_disposed as (
    select
        rows_attached.raw_row,
        rows_attached.enterprise_id,
        rows_attached.surviving_enterprise_id,
        rows_attached.platform,
        rows_attached.measured_on,
        rows_attached.followers,
        case
            when rows_attached.attachment_rejection is not null
                then rows_attached.attachment_rejection
            when coalesce(rows_ranked.measurement_rank, 1) = 1 then 'used'
            when rows_attached.followers is null
                then coalesce(rows_attached.followers_rejection, 'missing_value')
            -- When it was measured nobody knows, so that nobody can say it is older.
            when rows_attached.measured_on_rejection is not null
                then rows_attached.measured_on_rejection
            {% if 'social_accounts' in var('added_up') -%}
            when rows_ranked.day_rank = 1 then 'used'
            {% else -%}
            when
                rows_ranked.day_rank = 1
                and rows_attached.followers <> rows_ranked.used_followers
                then 'conflicting'
            when rows_ranked.day_rank = 1 then 'duplicate'
            {% endif -%}
            when rows_attached.measured_on is null then 'missing_value'
            else 'superseded'
        end as disposition,
        case
            when disposition = 'used' then null
            when
                rows_attached.enterprise_id is not null
                and rows_attached.platform_key is null
                then 'platform'
            when rows_attached.attachment_rejection is not null then 'enterprise_id'
            when rows_attached.followers is null or disposition = 'conflicting'
                then 'followers'
            else 'measured_on'
        end as deciding_column
    from rows_attached
    left join rows_ranked using (raw_row)
)

select * from rows_disposed
