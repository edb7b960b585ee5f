with social_accounts as (
    select * from {{ ref('int_social_accounts_disposed') }}
),

used_accounts as (
    select
        surviving_enterprise_id as enterprise_id,
        case
            when platform in ('facebook', 'instagram', 'tiktok') then platform
            else 'other'
        end as platform,
        followers
    from social_accounts
    where disposition = 'used'
),

accounts_summed as (
    select
        enterprise_id,
        platform,
        -- A sum skips what is unknown; here one unknown part makes it unknown.
        case
            when count(*) = count(followers) then cast(sum(followers) as bigint)
        end as followers
    from used_accounts
    group by enterprise_id, platform
),

platforms_in_columns as (
    select
        enterprise_id,
        count(*) filter (where platform = 'facebook') > 0 as has_facebook_account,
        count(*) filter (where platform = 'instagram') > 0 as has_instagram_account,
        count(*) filter (where platform = 'tiktok') > 0 as has_tiktok_account,
        count(*) filter (where platform = 'other') > 0 as has_other_account,
        max(followers) filter (where platform = 'facebook') as followers_facebook,
        max(followers) filter (where platform = 'instagram') as followers_instagram,
        max(followers) filter (where platform = 'tiktok') as followers_tiktok,
        max(followers) filter (where platform = 'other') as followers_other
    from accounts_summed
    group by enterprise_id
)

select * from platforms_in_columns
