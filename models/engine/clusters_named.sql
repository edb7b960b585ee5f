select
    identities.segmentation,
    identities.cluster_id,
    identities.segment_key,
    segments.segment_name_{{ var('language') }} as segment_name,
    segments.segment_name_fr,
    segments.segment_name_en
from {{ ref('cluster_identities') }} as identities
inner join {{ ref('segments_described') }} as segments using (segmentation, segment_key)
