with members as (
    select * from {{ ref('members_placed') }}
),

-- Two segmentations of one kind of member, each pair once.
members_crossed as (
    select
        members.segmentation,
        members.segment_key,
        members.segment_name,
        other_members.segmentation as other_segmentation,
        other_members.segment_key as other_segment_key,
        other_members.segment_name as other_segment_name
    from members
    inner join members as other_members using (member_id)
    where members.segmentation < other_members.segmentation
),

crossings_counted as (
    select
        segmentation,
        segment_key,
        segment_name,
        other_segmentation,
        other_segment_key,
        other_segment_name,
        count(*) as member_count
    from members_crossed
    group by
        segmentation,
        segment_key,
        segment_name,
        other_segmentation,
        other_segment_key,
        other_segment_name
),

crossings as (
    select
        segmentation,
        segment_key,
        segment_name,
        other_segmentation,
        other_segment_key,
        other_segment_name,
        member_count,
        cast(member_count as double) / sum(member_count) over (
            partition by segmentation, other_segmentation, segment_key
        ) as segment_share,
        cast(
            sum(member_count) over (
                partition by segmentation, other_segmentation, other_segment_key
            ) as double
        ) / sum(member_count) over (partition by segmentation, other_segmentation)
            as population_share,
        segment_share / population_share as lift
    from crossings_counted
)

select * from crossings
