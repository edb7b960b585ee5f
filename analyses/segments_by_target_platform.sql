-- How large is each segment, and how much work is waiting there on which platform?
with work as (
    select
        enterprise_segments.segment_key,
        enterprise_segments.segment_name,
        enterprise_segments.target_platform,
        count(*) as platform_enterprise_count,
        round(avg(enterprise_segments.engagement_score), 1) as mean_engagement_score
    from enterprise_segments
    group by
        enterprise_segments.segment_key,
        enterprise_segments.segment_name,
        enterprise_segments.target_platform
)

select
    work.segment_key,
    work.segment_name,
    cast(sum(work.platform_enterprise_count) over of_segment as bigint)
        as enterprise_count,
    round(
        sum(work.platform_enterprise_count) over of_segment
        / (select count(*) from enterprise_segments),
        4
    ) as enterprise_share,
    work.target_platform,
    work.platform_enterprise_count,
    work.mean_engagement_score
from work
window of_segment as (partition by work.segment_key)
order by
    enterprise_count desc,
    work.segment_key asc,
    work.platform_enterprise_count desc,
    work.target_platform asc nulls last
