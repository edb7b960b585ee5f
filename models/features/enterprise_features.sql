with enterprises as (
    select * from {{ ref('int_enterprises_disposed') }}
),

followers as (
    select * from {{ ref('int_followers_pivoted') }}
),

turnover as (
    select * from {{ ref('int_turnover_disposed') }}
),

active_enterprises as (
    select
        enterprise_id,
        coalesce(enterprise_name, enterprise_id) as enterprise_name,
        category_name,
        category_group,
        city_name,
        created_on
    from enterprises
    where disposition = 'used'
),

used_turnover as (
    select
        surviving_enterprise_id as enterprise_id,
        fiscal_year,
        -- Several amounts of a year are used where the export means their sum.
        cast(sum(turnover_eur) as decimal(18, 2)) as turnover_eur
    from turnover
    where disposition = 'used'
    group by surviving_enterprise_id, fiscal_year
),

-- No account is a count of 0; an account without a readable count stays unknown.
accounts_counted as (
    select
        active_enterprises.enterprise_id,
        coalesce(followers.has_facebook_account, false) as has_facebook_account,
        coalesce(followers.has_instagram_account, false) as has_instagram_account,
        coalesce(followers.has_tiktok_account, false) as has_tiktok_account,
        coalesce(followers.has_other_account, false) as has_other_account,
        case
            when followers.has_facebook_account then followers.followers_facebook
            else 0
        end as followers_facebook,
        case
            when followers.has_instagram_account then followers.followers_instagram
            else 0
        end as followers_instagram,
        case
            when followers.has_tiktok_account then followers.followers_tiktok
            else 0
        end as followers_tiktok,
        case
            when followers.has_other_account then followers.followers_other
            else 0
        end as followers_other
    from active_enterprises
    left join followers
        on active_enterprises.enterprise_id = followers.enterprise_id
),

features_joined as (
    select
        active_enterprises.enterprise_id,
        active_enterprises.enterprise_name,
        active_enterprises.category_name,
        active_enterprises.category_group,
        active_enterprises.city_name,
        active_enterprises.created_on,
        accounts_counted.has_facebook_account,
        accounts_counted.has_instagram_account,
        accounts_counted.has_tiktok_account,
        accounts_counted.has_other_account,
        accounts_counted.followers_facebook,
        accounts_counted.followers_instagram,
        accounts_counted.followers_tiktok,
        accounts_counted.followers_other,
        accounts_counted.followers_facebook
        + accounts_counted.followers_instagram
        + accounts_counted.followers_tiktok
        + accounts_counted.followers_other as followers_total,
        used_turnover.turnover_eur,
        case
            when used_turnover.turnover_eur is not null then used_turnover.fiscal_year
        end as turnover_fiscal_year
    from active_enterprises
    inner join accounts_counted
        on active_enterprises.enterprise_id = accounts_counted.enterprise_id
    left join used_turnover
        on active_enterprises.enterprise_id = used_turnover.enterprise_id
)

select * from features_joined
