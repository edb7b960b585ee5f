-- Which clients are in this segment? By its key or its name in either language.
with wanted as (
    select 'Présence modérée' as segment
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
    clustered_enterprises.segment_key = wanted.segment
    or lower(strip_accents(clustered_enterprises.segment_name_fr))
    = lower(strip_accents(wanted.segment))
    or lower(strip_accents(clustered_enterprises.segment_name_en))
    = lower(strip_accents(wanted.segment))
order by clustered_enterprises.enterprise_name, clustered_enterprises.enterprise_id
