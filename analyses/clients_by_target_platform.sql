-- How much work is waiting on which platform, by segment?
select
    clustered_enterprises.target_platform,
    clustered_enterprises.segment_key,
    clustered_enterprises.segment_name,
    count(*) as enterprise_count,
    round(avg(clustered_enterprises.engagement_score), 1) as mean_engagement_score
from clustered_enterprises
group by
    clustered_enterprises.target_platform,
    clustered_enterprises.segment_key,
    clustered_enterprises.segment_name
order by
    enterprise_count desc,
    clustered_enterprises.target_platform asc nulls last,
    clustered_enterprises.segment_key asc
