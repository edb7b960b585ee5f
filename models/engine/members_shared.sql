-- Who is new has been put into a segment by nobody yet.
select
    member_clusters.segmentation,
    member_clusters.cluster_id,
    previous_segments.segment_key,
    count(*) as shared_count,
    count(published_members.member_id) as known_count
from {{ ref('member_clusters') }} as member_clusters
inner join {{ ref('previous_segments') }} as previous_segments
    using (segmentation, member_id)
left join {{ source('previous_publication', 'member_segments') }} as published_members
    using (segmentation, member_id)
group by
    member_clusters.segmentation,
    member_clusters.cluster_id,
    previous_segments.segment_key
