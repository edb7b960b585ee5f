with recommendations as (
    select *
    from {{ ref('recommendations') }}
    where segmentation = 'visibility'
),

features as (
    select * from {{ ref('enterprise_features') }}
),

members as (
    select * from {{ ref('visibility_members') }}
),

enterprises as (
    select
        features.enterprise_id,
        features.category_name,
        features.category_group,
        features.city_name,
        members.segment_key
    from features
    inner join members on features.enterprise_id = members.member_id
),

recommendations_matched as (
    select
        enterprises.enterprise_id,
        enterprises.segment_key,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.action_fr,
        recommendations.action_en,
        recommendations.city_name is not null as is_for_city,
        recommendations.category_name is not null
        or recommendations.category_group is not null as is_for_category
    from enterprises
    inner join recommendations
        on
            enterprises.segment_key = recommendations.segment_key
            and (
                recommendations.category_name is null
                or enterprises.category_name = recommendations.category_name
            )
            and (
                recommendations.category_group is null
                or enterprises.category_group = recommendations.category_group
            )
            and (
                recommendations.city_name is null
                or enterprises.city_name = recommendations.city_name
            )
),

matches_described as (
    select
        enterprise_id,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        case
            when is_for_category and is_for_city then 'category_and_city'
            when is_for_category then 'category'
            when is_for_city then 'city'
            else 'segment'
        end as matched_on,
        case
            when is_for_category and is_for_city then 4
            when is_for_category then 3
            when is_for_city then 2
            else 1
        end as specificity
    from recommendations_matched
),

most_specific_found as (
    select
        enterprise_id,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        matched_on,
        specificity,
        max(specificity) over (
            partition by enterprise_id, platform
        ) as most_specific
    from matches_described
),

most_specific_recommendations as (
    select
        enterprise_id,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        matched_on,
        row_number() over (
            partition by enterprise_id, platform
            order by priority, recommendation_id
        ) as recommendation_rank
    from most_specific_found
    where specificity = most_specific
)

select * from most_specific_recommendations
