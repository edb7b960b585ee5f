with member_clusters as (
    select * from {{ ref('member_clusters') }}
),

previous_segments as (
    select * from {{ ref('previous_segments') }}
),

published_members as (
    select * from {{ source('previous_publication', 'member_segments') }}
),

-- Who is new has been put into a segment by nobody yet.
members_counted as (
    select
        member_clusters.segmentation,
        member_clusters.cluster_id,
        previous_segments.segment_key,
        count(*) as shared_count,
        count(published_members.member_id) as known_count
    from member_clusters
    inner join previous_segments using (segmentation, member_id)
    left join published_members using (segmentation, member_id)
    group by
        member_clusters.segmentation,
        member_clusters.cluster_id,
        previous_segments.segment_key
)

select * from members_counted
