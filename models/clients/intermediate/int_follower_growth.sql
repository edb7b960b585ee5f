{%- set is_added_up = 'social_accounts' in var('added_up') -%}

with social_accounts as (
    select * from {{ ref('int_social_accounts_disposed') }}
),

enterprises as (
    select * from {{ ref('int_enterprises_disposed') }}
),

-- Ids that were merged and have two counts of one day are of two shops, or of one that
-- somebody counted twice: each is compared with itself.
measured_otherwise as (
    select distinct surviving_enterprise_id
    from enterprises
    where is_measured_otherwise
),

-- Most accounts have one count, which grows nowhere.
accounts_superseded as (
    select distinct
        surviving_enterprise_id,
        platform
    from social_accounts
    where disposition = 'superseded'
),

days_counted as (
    select
        social_accounts.surviving_enterprise_id as enterprise_id,
        social_accounts.platform,
        social_accounts.measured_on,
        {% if is_added_up -%}
        -- The sum of another number of accounts is no other count of the same.
        cast(count(*) as string) as series,
        cast(sum(social_accounts.followers) as bigint) as followers
        {%- else -%}
        case
            when measured_otherwise.surviving_enterprise_id is not null
                then social_accounts.enterprise_id
            else ''
        end as series,
        max(social_accounts.followers) as followers
        {%- endif %}
    from social_accounts
    inner join accounts_superseded using (surviving_enterprise_id, platform)
    left join measured_otherwise using (surviving_enterprise_id)
    -- What a later count supersedes was read all the same.
    where
        social_accounts.disposition in (
            'used', 'superseded', 'duplicate', 'conflicting'
        )
        and social_accounts.followers is not null
        and social_accounts.measured_on is not null
    group by
        social_accounts.surviving_enterprise_id,
        social_accounts.platform,
        {% if not is_added_up -%}
        series,
        {% endif -%}
        social_accounts.measured_on
),

series_measured as (
    select
        enterprise_id,
        platform,
        series,
        min(measured_on) as first_measured_on,
        max(measured_on) as last_measured_on,
        min_by(followers, measured_on) as first_followers,
        max_by(followers, measured_on) as last_followers,
        -- Which series the count in use belongs to: the latest, then the largest.
        concat(
            last_measured_on, ' ', lpad(cast(last_followers as string), 20, '0'), series
        ) as recency
    from days_counted
    group by enterprise_id, platform, series
),

accounts_measured as (
    select
        enterprise_id,
        platform,
        max_by(first_measured_on, recency) as first_measured_on,
        max(last_measured_on) as last_measured_on,
        max_by(first_followers, recency) as first_followers,
        max_by(last_followers, recency) as last_followers
    from series_measured
    group by enterprise_id, platform
),

follower_growth as (
    select
        enterprise_id,
        platform,
        first_measured_on,
        last_measured_on,
        first_followers,
        last_followers,
        cast({{ days_between('first_measured_on', 'last_measured_on') }} as integer)
            as days_between,
        cast(last_followers - first_followers as double) * 30 / days_between
            as growth_per_30_days,
        growth_per_30_days / nullif(first_followers, 0) as growth_share_per_30_days
    from accounts_measured
    where first_measured_on < last_measured_on
)

select * from follower_growth
