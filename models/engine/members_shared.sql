with member_clusters as (
    select * from {{ ref('member_clusters') }}
),

previous_segments as (
    select * from {{ ref('previous_segments') }}
),

members_counted as (
    select
        member_clusters.segmentation,
        member_clusters.cluster_id,
        previous_segments.segment_key,
        count(*) as shared_count
    from member_clusters
    inner join previous_segments using (segmentation, member_id)
    group by
        member_clusters.segmentation,
        member_clusters.cluster_id,
        previous_segments.segment_key
)

select * from members_counted
