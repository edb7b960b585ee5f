with labels as (
    select * from {{ ref('enterprise_clusters') }}
),

previous_segments as (
    select * from {{ ref('int_previous_segments') }}
),

members_counted as (
    select
        labels.cluster_id,
        previous_segments.segment_key,
        count(*) as shared_count
    from labels
    inner join previous_segments
        on labels.enterprise_id = previous_segments.enterprise_id
    group by labels.cluster_id, previous_segments.segment_key
)

select * from members_counted
