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
        {% for platform in platforms -%}
        coalesce(followers.has_{{ platform }}_account, false)
            as has_{{ platform }}_account,
        case
            when followers.has_{{ platform }}_account
                then followers.followers_{{ platform }}
            else 0
        end as followers_{{ platform }},
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
        used_turnover.turnover_eur,
        case
            when used_turnover.turnover_eur is not null then used_turnover.fiscal_year
        end as turnover_fiscal_year
    from accounts_counted
    left join used_turnover using (enterprise_id)
)

select * from features_joined
