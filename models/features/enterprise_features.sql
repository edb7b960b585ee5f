{%- set platforms = ['facebook', 'instagram', 'tiktok', 'other'] -%}

with enterprises as (
    select * from {{ ref('int_enterprises_disposed') }}
),

followers as (
    select * from {{ ref('int_followers_pivoted') }}
),

turnover as (
    select * from {{ ref('int_turnover_disposed') }}
),

growth as (
    select * from {{ ref('int_follower_growth') }}
),

published_counts as (
    select * from {{ source('previous_publication', 'enterprise_segments') }}
),

last_publication as (
    select max(published_at) as published_at
    from {{ source('previous_publication', 'publication') }}
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

-- Of platforms with a growth, over their first counts.
growth_summed as (
    select
        enterprise_id,
        -- Sums of decimals have no last bits.
        cast(sum(cast(growth_per_30_days as decimal(18, 4))) as double)
            as growth_per_30_days,
        sum(first_followers) as first_followers
    from growth
    group by enterprise_id
),

-- When a count was last read that the last publication knows of an account.
last_counts as (
    select
        {% for platform in platforms -%}
        case
            when published_counts.has_{{ platform }}_account
                then published_counts.followers_{{ platform }}
        end as followers_{{ platform }},
        coalesce(
            published_counts.followers_{{ platform }}_known_at,
            last_publication.published_at
        ) as followers_{{ platform }}_known_at,
        {% endfor -%}
        published_counts.enterprise_id
    from published_counts
    cross join last_publication
),

-- No account is a count of 0. An account without a readable count keeps its last one
-- for a while, and is unknown then.
accounts_counted as (
    select
        {% for platform in platforms -%}
        coalesce(followers.has_{{ platform }}_account, false)
            as has_{{ platform }}_account,
        followers.has_{{ platform }}_account
        and followers.followers_{{ platform }} is null
        and last_counts.followers_{{ platform }} is not null
        and {{ days_between(
            'last_counts.followers_' ~ platform ~ '_known_at', as_of()
        ) }} <= {{ var('carry_counts_days') }}
        and {{ var('carry_counts_days') }} > 0 as is_{{ platform }}_carried,
        case
            when is_{{ platform }}_carried then last_counts.followers_{{ platform }}
            when followers.has_{{ platform }}_account
                then followers.followers_{{ platform }}
            else 0
        end as followers_{{ platform }},
        case
            when is_{{ platform }}_carried
                then last_counts.followers_{{ platform }}_known_at
        end as followers_{{ platform }}_known_at,
        {% endfor -%}
        enterprises.enterprise_id,
        coalesce(enterprises.enterprise_name, enterprises.enterprise_id)
            as enterprise_name,
        enterprises.category_name,
        enterprises.category_group,
        enterprises.city_name,
        enterprises.created_on
    from enterprises
    left join followers using (enterprise_id)
    left join last_counts using (enterprise_id)
    where enterprises.disposition = 'used'
),

features_joined as (
    select
        accounts_counted.enterprise_id,
        accounts_counted.enterprise_name,
        accounts_counted.category_name,
        accounts_counted.category_group,
        accounts_counted.city_name,
        accounts_counted.created_on,
        {% for platform in platforms -%}
        accounts_counted.has_{{ platform }}_account,
        {% endfor -%}
        {% for platform in platforms -%}
        accounts_counted.followers_{{ platform }},
        {% endfor -%}
        accounts_counted.followers_facebook
        + accounts_counted.followers_instagram
        + accounts_counted.followers_tiktok
        + accounts_counted.followers_other as followers_total,
        {% for platform in platforms -%}
        accounts_counted.followers_{{ platform }}_known_at,
        {% endfor -%}
        growth_summed.growth_per_30_days as follower_growth_per_30_days,
        growth_summed.growth_per_30_days / nullif(growth_summed.first_followers, 0)
            as follower_growth_share_per_30_days,
        used_turnover.turnover_eur,
        case
            when used_turnover.turnover_eur is not null then used_turnover.fiscal_year
        end as turnover_fiscal_year
    from accounts_counted
    left join growth_summed using (enterprise_id)
    left join used_turnover using (enterprise_id)
)

select * from features_joined
