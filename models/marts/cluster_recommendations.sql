with recommendations as (
    select * from {{ ref('recommendations') }}
),

profiles as (
    select * from {{ ref('cluster_profiles') }}
),

recommendations_of_current_clusters as (
    select
        profiles.segment_key,
        profiles.segment_name,
        profiles.cluster_id,
        profiles.enterprise_count,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.category_name,
        recommendations.category_group,
        recommendations.city_name,
        recommendations.action_fr,
        recommendations.action_en
    from profiles
    inner join recommendations
        on profiles.segment_key = recommendations.segment_key
)

select * from recommendations_of_current_clusters
