-- Which clients are there, and in which segment?
select
    clustered_enterprises.enterprise_id,
    clustered_enterprises.enterprise_name,
    clustered_enterprises.category_name,
    clustered_enterprises.city_name,
    clustered_enterprises.segment_key,
    clustered_enterprises.segment_name,
    clustered_enterprises.followers_total,
    clustered_enterprises.engagement_score,
    clustered_enterprises.target_platform
from clustered_enterprises
order by clustered_enterprises.enterprise_name, clustered_enterprises.enterprise_id
