with recommendations as (
    select * from {{ ref('recommendations') }}
),

segments as (
    select * from {{ ref('segment_overview') }}
),

recommendations_of_segments as (
    select
        segments.segmentation,
        segments.segment_key,
        segments.segment_name_{{ var('language') }} as segment_name,
        segments.cluster_id,
        segments.model_member_count as member_count,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.category_name,
        recommendations.category_group,
        recommendations.city_name,
        recommendations.action_fr,
        recommendations.action_en
    from segments
    inner join recommendations using (segmentation, segment_key)
)

select * from recommendations_of_segments
