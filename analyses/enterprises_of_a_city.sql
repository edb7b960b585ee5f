-- Which clients are in this city? Case and accents are free.
with wanted as (
    select 'Nantes' as city
)

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
cross join wanted
where
    replace(lower(strip_accents(clustered_enterprises.city_name)), 'œ', 'oe')
    = replace(lower(strip_accents(wanted.city)), 'œ', 'oe')
order by clustered_enterprises.enterprise_name, clustered_enterprises.enterprise_id
