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

recommendations_matched as (
    select
        features.enterprise_id,
        members.segment_key,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.action_fr,
        recommendations.action_en,
        -- A category is more specific than a city.
        case when recommendations.city_name is null then 1 else 2 end
        + case
            when recommendations.category_name is not null then 2
            when recommendations.category_group is not null then 2
            else 0
        end as specificity
    from features
    inner join members on features.enterprise_id = members.member_id
    inner join recommendations
        on
            members.segment_key = recommendations.segment_key
            and (
                recommendations.category_name is null
                or features.category_name = recommendations.category_name
            )
            and (
                recommendations.category_group is null
                or features.category_group = recommendations.category_group
            )
            and (
                recommendations.city_name is null
                or features.city_name = recommendations.city_name
            )
),

recommendations_ranked as (
    select
        enterprise_id,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        specificity,
        max(specificity) over (
            partition by enterprise_id, platform
        ) as most_specific,
        row_number() over (
            partition by enterprise_id, platform, specificity
            order by priority, recommendation_id
        ) as recommendation_rank
    from recommendations_matched
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
        case specificity
            when 4 then 'category_and_city'
            when 3 then 'category'
            when 2 then 'city'
            else 'segment'
        end as matched_on,
        specificity,
        recommendation_rank
    from recommendations_ranked
    where specificity = most_specific
)

select * from most_specific_recommendations
