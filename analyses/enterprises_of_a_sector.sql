-- Which clients are in this sector? A category or a family; case and accents are free.
with wanted as (
    select 'Librairie' as sector
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
    replace(lower(strip_accents(clustered_enterprises.category_name)), 'œ', 'oe')
    = replace(lower(strip_accents(wanted.sector)), 'œ', 'oe')
    or replace(lower(strip_accents(clustered_enterprises.category_group)), 'œ', 'oe')
    = replace(lower(strip_accents(wanted.sector)), 'œ', 'oe')
order by clustered_enterprises.enterprise_name, clustered_enterprises.enterprise_id
