-- Which clients are in this sector, segment and city? Empty takes all; case and accents
-- are free. The columns are those of the export entreprises_clusterisées.csv,
-- under their own names.
with wanted as (
    select
        '' as sector, -- a category or a family of categories
        '' as segment, -- its key, or its name in French or English
        '' as city
)

select
    enterprise_segments.enterprise_id,
    enterprise_segments.enterprise_name,
    enterprise_segments.category_name,
    enterprise_segments.category_group,
    enterprise_segments.city_name,
    enterprise_segments.segment_key,
    enterprise_segments.segment_name_fr as segment_name,
    enterprise_segments.segment_since,
    enterprise_segments.previous_segment_key,
    enterprise_segments.followers_facebook,
    enterprise_segments.followers_instagram,
    enterprise_segments.followers_tiktok,
    enterprise_segments.followers_other,
    enterprise_segments.followers_total,
    enterprise_segments.follower_growth_per_30_days,
    enterprise_segments.turnover_eur,
    enterprise_segments.priority_score,
    enterprise_segments.priority_rank,
    enterprise_segments.priority_reason_fr as priority_reason,
    enterprise_segments.engagement_score,
    enterprise_segments.engagement_is_lower_bound,
    enterprise_segments.engagement_level_fr as engagement_level,
    enterprise_segments.target_platform,
    enterprise_segments.actions_fr as actions,
    enterprise_segments.explanation_fr as explanation,
    enterprise_segments.is_set_by_hand,
    enterprise_segments.assignment_margin
from enterprise_segments
cross join wanted
where
    replace(lower(strip_accents(wanted.sector)), 'œ', 'oe') in (
        '',
        replace(lower(strip_accents(enterprise_segments.category_name)), 'œ', 'oe'),
        replace(lower(strip_accents(enterprise_segments.category_group)), 'œ', 'oe')
    )
    and lower(strip_accents(wanted.segment)) in (
        '',
        enterprise_segments.segment_key,
        lower(strip_accents(enterprise_segments.segment_name_fr)),
        lower(strip_accents(enterprise_segments.segment_name_en))
    )
    and replace(lower(strip_accents(wanted.city)), 'œ', 'oe') in (
        '',
        replace(lower(strip_accents(enterprise_segments.city_name)), 'œ', 'oe')
    )
order by enterprise_segments.enterprise_name, enterprise_segments.enterprise_id
