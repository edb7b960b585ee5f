select
    clusters_measured.segmentation,
    clusters_measured.cluster_id,
    clusters.segment_key,
    clusters_measured.measure,
    clusters_measured.member_count,
    clusters_measured.known_share,
    clusters_measured.mean_value,
    clusters_measured.median_value
from {{ ref('clusters_measured') }} as clusters_measured
inner join {{ ref('clusters_named') }} as clusters using (segmentation, cluster_id)
