-- Which clients with a good turnover are hardly seen online? Largest turnover first.
with wanted as (
    select 50 as highest_engagement_score
)

select
    enterprise_segments.enterprise_id,
    enterprise_segments.enterprise_name,
    enterprise_segments.city_name,
    enterprise_segments.segment_name,
    enterprise_segments.turnover_eur,
    enterprise_segments.engagement_score,
    enterprise_segments.target_platform,
    enterprise_segments.actions_fr
from enterprise_segments
cross join wanted
where
    enterprise_segments.engagement_score <= wanted.highest_engagement_score
    and enterprise_segments.turnover_eur > 0
order by
    enterprise_segments.turnover_eur desc,
    enterprise_segments.enterprise_id asc
limit 20
