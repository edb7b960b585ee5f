{#- The features of enterprises that are not active, from their latest readable counts:
    those of enterprise_features, which carries counts on and is bound to active ones.
    A feature of the recipe that is not made here is unknown of all. -#}
{%- set platforms = ['facebook', 'instagram', 'tiktok', 'other'] -%}
{%- set recipe = active_recipe('visibility') -%}
{%- set made = [
    'enterprise_name', 'category_name', 'category_group', 'city_name',
    'followers_total', 'followers_facebook', 'followers_instagram', 'followers_tiktok',
    'followers_other', 'has_facebook_account', 'has_instagram_account',
    'has_tiktok_account', 'has_other_account',
] -%}
{%- set added = 'sum' if 'social_accounts' in var('added_up') else 'max' -%}

with enterprises as (
    select * from {{ ref('int_enterprises_disposed') }}
),

social_accounts as (
    select * from {{ ref('int_social_accounts_disposed') }}
),

days_counted as (
    select
        surviving_enterprise_id as enterprise_id,
        platform,
        measured_on,
        {{ added }}(followers) as followers
    from social_accounts
    where disposition = 'inactive'
    group by surviving_enterprise_id, platform, measured_on
),

latest_counts as (
    select
        enterprise_id,
        platform,
        max_by(followers, coalesce(measured_on, date '0001-01-01')) filter (
            where followers is not null
        ) as followers
    from days_counted
    group by enterprise_id, platform
),

{{ followers_in_columns('latest_counts') }},

-- No account is a count of 0.
accounts_counted as (
    select
        {% for platform in platforms -%}
        coalesce(platforms_in_columns.has_{{ platform }}_account, false)
            as has_{{ platform }}_account,
        case
            when platforms_in_columns.has_{{ platform }}_account
                then platforms_in_columns.followers_{{ platform }}
            else 0
        end as followers_{{ platform }},
        {% endfor -%}
        enterprises.enterprise_id,
        coalesce(enterprises.enterprise_name, enterprises.enterprise_id)
            as enterprise_name,
        enterprises.category_name,
        enterprises.category_group,
        enterprises.city_name
    from enterprises
    left join platforms_in_columns using (enterprise_id)
    where enterprises.disposition = 'inactive'
),

features as (
    select
        enterprise_id,
        enterprise_name,
        category_name,
        category_group,
        city_name,
        {% for platform in platforms -%}
        has_{{ platform }}_account,
        followers_{{ platform }},
        {% endfor -%}
        {% for name in recipe.numeric_features if name not in made -%}
        cast(null as double) as {{ name }},
        {% endfor -%}
        {% for name in recipe.categorical_features if name not in made -%}
        cast(null as string) as {{ name }},
        {% endfor -%}
        followers_facebook + followers_instagram + followers_tiktok + followers_other
            as followers_total
    from accounts_counted
)

select * from features
