with recommendations as (
    select *
    from {{ ref('recommendations') }}
    where segmentation = 'visibility'
),

platforms as (
    select * from {{ ref('platforms') }}
),

features as (
    select * from {{ ref('enterprise_features') }}
),

social_accounts as (
    select * from {{ ref('int_social_accounts_disposed') }}
),

follower_growth as (
    select * from {{ ref('int_follower_growth') }}
),

platforms_asked as (
    select
        platforms.platform,
        max(
            case when platforms.platform = recommendations.platform
                then recommendations.growth
            end
        ) is not null as has_growth_asked
    from platforms
    inner join recommendations
        on
            {% for column in ['has_account_on', 'has_no_account_on'] -%}
            {{ is_listed('platforms.platform', 'recommendations.' ~ column) }}
            or {% endfor -%} platforms.platform = recommendations.platform
            and coalesce(
                cast(recommendations.followers_from as string),
                cast(recommendations.followers_to as string),
                recommendations.growth
            ) is not null
    group by platforms.platform
),

thresholds as (
    select
        platform,
        0 as followers_from
    from platforms
    union
    select
        platform,
        followers_from
    from recommendations
    where followers_from is not null
    union
    select
        platform,
        followers_to as followers_from
    from recommendations
    where followers_to is not null
),

bands as (
    select
        platform,
        followers_from,
        lead(followers_from) over (
            partition by platform order by followers_from
        ) as followers_to
    from thresholds
),

-- Of the platforms without a column of their own the used rows tell.
accounts as (
    {% for platform in ['facebook', 'instagram', 'tiktok'] -%}
    select
        enterprise_id,
        '{{ platform }}' as platform,
        followers_{{ platform }} as followers
    from features
    where has_{{ platform }}_account
    union all
    {% endfor -%}
    select
        enterprise_id,
        'any' as platform,
        followers_total as followers
    from features
    where
        has_facebook_account
        or has_instagram_account
        or has_tiktok_account
        or has_other_account
    union all
    select
        surviving_enterprise_id as enterprise_id,
        platform,
        cast(sum(followers) as bigint) as followers
    from social_accounts
    where
        disposition = 'used'
        and platform not in ('facebook', 'instagram', 'tiktok')
    group by surviving_enterprise_id, platform
),

accounts_banded as (
    select
        accounts.enterprise_id,
        accounts.platform,
        bands.followers_from,
        case
            when not platforms_asked.has_growth_asked then null
            when
                follower_growth.growth_per_30_days > 0
                and coalesce(follower_growth.growth_share_per_30_days, 1)
                >= {{ var('notable_growth_share') }}
                then 'growing'
            when
                follower_growth.growth_share_per_30_days
                <= -{{ var('notable_growth_share') }}
                then 'falling'
        end as growth
    from accounts
    inner join platforms_asked using (platform)
    left join bands
        on
            accounts.platform = bands.platform
            and accounts.followers >= bands.followers_from
            and (
                bands.followers_to is null or accounts.followers < bands.followers_to
            )
    left join follower_growth
        on
            accounts.enterprise_id = follower_growth.enterprise_id
            and accounts.platform = follower_growth.platform
)

select * from accounts_banded
