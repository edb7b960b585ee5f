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

category_groups as (
    select * from {{ ref('category_groups') }}
),

-- What no recommendation of its segment names makes nobody of another kind.
trades_named as (
    select distinct
        recommendations.segment_key,
        category_groups.category_name as trade
    from category_groups
    inner join recommendations
        on
            category_groups.category_name = recommendations.category_name
            or category_groups.category_name = recommendations.category_group
            {% for column in ['only_for', 'not_for'] -%}
            or {{ is_listed(
                'category_groups.category_name', 'recommendations.' ~ column
            ) }}
            {% endfor %}
),

cities_named as (
    select distinct
        segment_key,
        city_name
    from recommendations
    where city_name is not null
),

-- A sum of hashes, which is the same in any order and no longer than a number: lists of
-- texts for each of millions do not fit the memory.
accounts_summed as (
    select
        enterprise_id,
        sum({{ text_hash(
            "concat_ws(' ', platform, coalesce(cast(followers_from as string), '?'),"
            ~ " growth)"
        ) }}) as account_sum
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
        coalesce(categories_named.trade, families_named.trade, '') as trade,
        coalesce(cities_named.city_name, '') as city,
        cast(features.has_facebook_account as integer)
        + cast(features.has_instagram_account as integer)
        + cast(features.has_tiktok_account as integer)
        + cast(features.has_other_account as integer) as platform_count,
        coalesce(cast(accounts_summed.account_sum as string), '') as account_sum,
        coalesce(resting_listed.resting_recommendations, '') as resting_recommendations
    from features
    inner join members on features.enterprise_id = members.member_id
    left join trades_named as categories_named
        on
            members.segment_key = categories_named.segment_key
            and features.category_name = categories_named.trade
    left join trades_named as families_named
        on
            members.segment_key = families_named.segment_key
            and features.category_group = families_named.trade
    left join cities_named
        on
            members.segment_key = cities_named.segment_key
            and features.city_name = cities_named.city_name
    left join accounts_summed
        on features.enterprise_id = accounts_summed.enterprise_id
    left join resting_listed
        on features.enterprise_id = resting_listed.enterprise_id
),

presences_named as (
    select
        enterprise_id,
        segment_key,
        trade,
        city,
        case platform_count when 0 then 'none' when 1 then 'one' else 'several' end
            as presence,
        account_sum,
        resting_recommendations
    from enterprises_described
),

kinds_named as (
    select
        enterprise_id,
        segment_key,
        presence,
        md5(
            concat_ws(
                chr(31), segment_key, trade, city, presence, account_sum,
                resting_recommendations
            )
        ) as enterprise_kind
    from presences_named
)

select * from kinds_named
