with members_shared as (
    select * from {{ ref('members_shared') }}
),

identities as (
    select * from {{ ref('cluster_identities') }}
),

segments_paired as (
    select
        members_shared.segmentation,
        members_shared.segment_key as from_segment_key,
        identities.segment_key as to_segment_key,
        members_shared.shared_count as member_count
    from members_shared
    inner join identities using (segmentation, cluster_id)
),

segments_migrated as (
    select
        segmentation,
        from_segment_key,
        to_segment_key,
        member_count,
        cast(sum(member_count) over (
            partition by segmentation, from_segment_key
        ) as bigint) as from_member_count,
        member_count / sum(member_count) over (
            partition by segmentation, from_segment_key
        ) as from_share,
        member_count / sum(member_count) over (
            partition by segmentation, to_segment_key
        ) as to_share
    from segments_paired
)

select * from segments_migrated
