with recommendations as (
    select * from {{ ref('int_recommendations_matched') }}
),

enterprise_kinds as (
    select * from {{ ref('int_enterprise_kinds') }}
),

platforms as (
    select * from {{ ref('platforms') }}
),

enterprises_advised as (
    select
        enterprise_kinds.enterprise_id,
        recommendations.segment_key,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.action_fr,
        recommendations.action_en,
        recommendations.matched_on,
        cast(recommendations.recommendation_rank as bigint) as recommendation_rank,
        platforms.platform_name
    from enterprise_kinds
    inner join recommendations using (enterprise_kind)
    inner join platforms using (platform)
)

select * from enterprises_advised
