-- How many members moved from which segment to which since this day, and why?
with wanted as (
    select
        'visibility' as segmentation,
        date '2025-01-01' as since
)

select
    segment_changes.from_segment_key,
    segment_changes.to_segment_key,
    segment_changes.cause,
    count(*) as member_count,
    max(segment_changes.changed_at) as last_changed_at
from segment_changes
inner join wanted using (segmentation)
where segment_changes.changed_at >= wanted.since
group by
    segment_changes.from_segment_key,
    segment_changes.to_segment_key,
    segment_changes.cause
order by
    member_count desc,
    segment_changes.from_segment_key asc nulls first,
    segment_changes.to_segment_key asc nulls last,
    segment_changes.cause asc
