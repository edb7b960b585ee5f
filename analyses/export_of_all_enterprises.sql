-- All that the export entreprises_clusterisées.csv holds, row for row.
select
    clustered_enterprises.enterprise_id,
    clustered_enterprises.enterprise_name,
    clustered_enterprises.category_name,
    clustered_enterprises.category_group,
    clustered_enterprises.city_name,
    clustered_enterprises.segment_key,
    clustered_enterprises.segment_name_fr as segment_name,
    clustered_enterprises.followers_facebook,
    clustered_enterprises.followers_instagram,
    clustered_enterprises.followers_tiktok,
    clustered_enterprises.followers_other,
    clustered_enterprises.followers_total,
    clustered_enterprises.turnover_eur,
    clustered_enterprises.engagement_score,
    clustered_enterprises.engagement_level_fr as engagement_level,
    clustered_enterprises.target_platform,
    clustered_enterprises.actions_fr as actions,
    clustered_enterprises.explanation_fr as explanation,
    clustered_enterprises.is_set_by_hand,
    clustered_enterprises.assignment_margin
from clustered_enterprises
order by clustered_enterprises.enterprise_id
