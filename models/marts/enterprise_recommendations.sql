with recommendations as (
    select * from {{ ref('int_recommendations_matched') }}
),

features as (
    select * from {{ ref('enterprise_features') }}
),

members as (
    select *
    from {{ ref('members_placed') }}
    where segmentation = 'visibility'
),

platforms as (
    select * from {{ ref('platforms') }}
),

enterprises_advised as (
    select
        features.enterprise_id,
        recommendations.segment_key,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.action_fr,
        recommendations.action_en,
        recommendations.matched_on,
        recommendations.recommendation_rank,
        platforms.platform_name
    from features
    inner join members on features.enterprise_id = members.member_id
    inner join recommendations
        on
            {{ enterprise_kind('features', 'members') }}
            = recommendations.enterprise_kind
    inner join platforms using (platform)
)

select * from enterprises_advised
