-- Which clients with a good turnover are hardly seen online? Largest turnover first.
with wanted as (
    select 50 as highest_engagement_score
)

select
    clustered_enterprises.enterprise_id,
    clustered_enterprises.enterprise_name,
    clustered_enterprises.city_name,
    clustered_enterprises.segment_name,
    clustered_enterprises.turnover_eur,
    clustered_enterprises.engagement_score,
    clustered_enterprises.target_platform,
    clustered_enterprises.actions_fr
from clustered_enterprises
cross join wanted
where
    clustered_enterprises.engagement_score <= wanted.highest_engagement_score
    and clustered_enterprises.turnover_eur > 0
order by
    clustered_enterprises.turnover_eur desc,
    clustered_enterprises.enterprise_id asc
limit 20
