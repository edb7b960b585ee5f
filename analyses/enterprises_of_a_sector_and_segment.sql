-- Which clients of this sector are in this segment?
with wanted as (
    select
        'RESTAURATION & BOISSONS' as sector,
        'Visibilité à construire' as segment
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
    (
        replace(lower(strip_accents(clustered_enterprises.category_name)), 'œ', 'oe')
        = replace(lower(strip_accents(wanted.sector)), 'œ', 'oe')
        or replace(
            lower(strip_accents(clustered_enterprises.category_group)), 'œ', 'oe'
        )
        = replace(lower(strip_accents(wanted.sector)), 'œ', 'oe')
    )
    and (
        clustered_enterprises.segment_key = wanted.segment
        or lower(strip_accents(clustered_enterprises.segment_name_fr))
        = lower(strip_accents(wanted.segment))
        or lower(strip_accents(clustered_enterprises.segment_name_en))
        = lower(strip_accents(wanted.segment))
    )
order by clustered_enterprises.enterprise_name, clustered_enterprises.enterprise_id
