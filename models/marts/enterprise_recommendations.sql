with recommendations as (
    select * from {{ ref('int_recommendations_matched') }}
),

platforms as (
    select * from {{ ref('platforms') }}
),

recommendations_named as (
    select
        recommendations.enterprise_id,
        recommendations.segment_key,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.action_fr,
        recommendations.action_en,
        recommendations.matched_on,
        recommendations.recommendation_rank,
        platforms.platform_name
    from recommendations
    inner join platforms using (platform)
)

select * from recommendations_named
