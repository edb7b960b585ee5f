with members_shared as (
    select * from {{ ref('int_members_shared') }}
),

identities as (
    select * from {{ ref('cluster_identities') }}
),

segments_paired as (
    select
        members_shared.segment_key as from_segment_key,
        identities.segment_key as to_segment_key,
        members_shared.shared_count as enterprise_count
    from members_shared
    inner join identities on members_shared.cluster_id = identities.cluster_id
),

totals_added as (
    select
        from_segment_key,
        to_segment_key,
        enterprise_count,
        sum(enterprise_count) over (partition by from_segment_key) as from_count,
        sum(enterprise_count) over (partition by to_segment_key) as to_count
    from segments_paired
),

segments_migrated as (
    select
        from_segment_key,
        to_segment_key,
        enterprise_count,
        enterprise_count / from_count as from_share,
        enterprise_count / to_count as to_share
    from totals_added
)

select * from segments_migrated
