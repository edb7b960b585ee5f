select
    member_clusters.segmentation,
    member_clusters.member_id,
    member_clusters.cluster_id,
    clusters.segment_key as model_segment_key,
    coalesce(overrides.segment_key, clusters.segment_key) as segment_key,
    coalesce(segments.segment_name_{{ var('language') }}, clusters.segment_name)
        as segment_name,
    overrides.member_id is not null as is_set_by_hand,
    overrides.reason as override_reason
from {{ ref('member_clusters') }} as member_clusters
inner join {{ ref('clusters_named') }} as clusters using (segmentation, cluster_id)
left join {{ ref('segment_overrides') }} as overrides using (segmentation, member_id)
left join {{ ref('segments_described') }} as segments
    on
        overrides.segmentation = segments.segmentation
        and overrides.segment_key = segments.segment_key
