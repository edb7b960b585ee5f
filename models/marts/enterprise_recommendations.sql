select
    kinds.enterprise_id,
    recommendations.segment_key,
    recommendations.recommendation_id,
    recommendations.priority,
    recommendations.platform,
    recommendations.action_fr,
    recommendations.action_en,
    recommendations.matched_on,
    cast(recommendations.recommendation_rank as bigint) as recommendation_rank,
    platforms.platform_name
from {{ ref('int_enterprise_kinds') }} as kinds
inner join {{ ref('int_recommendations_matched') }} as recommendations
    using (enterprise_kind)
inner join {{ ref('platforms') }} as platforms using (platform)
