with features as (
    select * from {{ ref('enterprise_features') }}
),

members as (
    select *
    from {{ ref('members_placed') }}
    where segmentation = 'visibility'
),

recommendations as (
    select *
    from {{ ref('recommendations') }}
    where segmentation = 'visibility'
),

accounts as (
    select * from {{ ref('int_accounts_banded') }}
),

resting as (
    select * from {{ ref('int_recommendations_resting') }}
),

categories_found as (
    select distinct category_name
    from features
    where category_name is not null
),

categories_named as (
    select distinct categories_found.category_name
    from categories_found
    inner join recommendations
        on
            categories_found.category_name = recommendations.category_name
            or {{ is_listed('categories_found.category_name', 'recommendations.only_for') }}
            or {{ is_listed('categories_found.category_name', 'recommendations.not_for') }}
),

cities_named as (
    select distinct city_name
    from recommendations
    where city_name is not null
),

accounts_listed as (
    select
        enterprise_id,
        {{ joined_texts(
            "concat_ws(' ', platform, coalesce(cast(followers_from as string), '?'), growth)",
            ', ', 'platform'
        ) }} as accounts
    from accounts
    group by enterprise_id
),

resting_listed as (
    select
        enterprise_id,
        {{ joined_texts(
            "concat(recommendation_id, ' ', cast(rests_until as string))", ', ',
            'recommendation_id'
        ) }} as resting_recommendations
    from resting
    group by enterprise_id
),

enterprises_described as (
    select
        features.enterprise_id,
        members.segment_key,
        coalesce(categories_named.category_name, features.category_group, '') as trade,
        coalesce(cities_named.city_name, '') as city,
        case
            cast(features.has_facebook_account as integer)
            + cast(features.has_instagram_account as integer)
            + cast(features.has_tiktok_account as integer)
            + cast(features.has_other_account as integer)
            when 0 then 'none'
            when 1 then 'one'
            else 'several'
        end as presence,
        coalesce(accounts_listed.accounts, '') as accounts,
        coalesce(resting_listed.resting_recommendations, '') as resting_recommendations
    from features
    inner join members on features.enterprise_id = members.member_id
    left join categories_named
        on features.category_name = categories_named.category_name
    left join cities_named
        on features.city_name = cities_named.city_name
    left join accounts_listed
        on features.enterprise_id = accounts_listed.enterprise_id
    left join resting_listed
        on features.enterprise_id = resting_listed.enterprise_id
),

kinds_named as (
    select
        enterprise_id,
        segment_key,
        presence,
        md5(
            concat_ws(
                chr(31), segment_key, trade, city, presence, accounts,
                resting_recommendations
            )
        ) as enterprise_kind
    from enterprises_described
)

select * from kinds_named
