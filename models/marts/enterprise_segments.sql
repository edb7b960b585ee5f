with features as (
    select * from {{ ref('enterprise_features') }}
),

members as (
    select * from {{ ref('visibility_members') }}
),

segments as (
    select *
    from {{ ref('segments_described') }}
    where segmentation = 'visibility'
),

engagement as (
    select * from {{ ref('int_engagement_scored') }}
),

enterprise_kinds as (
    select * from {{ ref('int_enterprise_kinds') }}
),

ranks as (
    select * from {{ ref('int_enterprises_ranked') }}
),

priorities as (
    select * from {{ ref('int_priorities_scored') }}
),

actions as (
    select * from {{ ref('int_actions_listed') }}
),

{{ latest_changes('visibility') }},

-- Narrow rows first: beside those with reasons, one join more of everybody does not fit
-- the memory that a build has by default.
standings as (
    select
        engagement.enterprise_id,
        enterprise_kinds.enterprise_kind,
        engagement.engagement_score,
        engagement.engagement_is_lower_bound,
        engagement.engagement_level,
        engagement.engagement_level_fr,
        engagement.engagement_level_en,
        {% for peers in ['category', 'city', 'category_and_city'] -%}
        {% for measure in ['followers', 'growth'] -%}
        ranks.{{ measure }}_rank_in_{{ peers }},
        ranks.{{ measure }}_ranked_in_{{ peers }},
        {% endfor -%}
        {% endfor -%}
        priorities.priority_score,
        priorities.priority_rank,
        priorities.priority_near_better_segment,
        priorities.priority_growing_or_falling,
        priorities.priority_not_contacted,
        priorities.priority_turnover,
        priorities.priority_reason_fr,
        priorities.priority_reason_en,
        latest_changes.segment_since,
        latest_changes.previous_segment_key
    from engagement
    inner join enterprise_kinds using (enterprise_id)
    inner join ranks using (enterprise_id)
    inner join priorities using (enterprise_id)
    left join latest_changes on engagement.enterprise_id = latest_changes.member_id
),

enterprises_with_their_plan as (
    select
        features.enterprise_id,
        features.enterprise_name,
        features.category_name,
        features.category_group,
        features.city_name,
        features.has_facebook_account,
        features.has_instagram_account,
        features.has_tiktok_account,
        features.has_other_account,
        features.followers_facebook,
        features.followers_instagram,
        features.followers_tiktok,
        features.followers_other,
        features.followers_total,
        features.followers_facebook_known_at,
        features.followers_instagram_known_at,
        features.followers_tiktok_known_at,
        features.followers_other_known_at,
        features.follower_growth_per_30_days,
        features.follower_growth_share_per_30_days,
        {% for peers in ['category', 'city', 'category_and_city'] -%}
        {% for measure in ['followers', 'growth'] -%}
        standings.{{ measure }}_rank_in_{{ peers }},
        standings.{{ measure }}_ranked_in_{{ peers }},
        {% endfor -%}
        {% endfor -%}
        features.turnover_eur,
        members.cluster_id,
        members.segment_key,
        members.segment_name,
        segments.segment_name_fr,
        segments.segment_name_en,
        segments.segment_colour,
        standings.segment_since,
        standings.previous_segment_key,
        members.model_segment_key,
        members.is_set_by_hand,
        members.override_reason,
        members.distance_to_centroid,
        members.unknown_features,
        members.runner_up_segment_key,
        members.assignment_margin,
        members.pca_x,
        members.pca_y,
        members.explanation_fr,
        members.explanation_en,
        standings.engagement_score,
        standings.engagement_is_lower_bound,
        standings.engagement_level,
        standings.engagement_level_fr,
        standings.engagement_level_en,
        standings.priority_score,
        cast(standings.priority_rank as bigint) as priority_rank,
        standings.priority_near_better_segment,
        standings.priority_growing_or_falling,
        standings.priority_not_contacted,
        standings.priority_turnover,
        standings.priority_reason_fr,
        standings.priority_reason_en,
        actions.target_platform,
        actions.actions_fr,
        actions.actions_en
    from features
    inner join members on features.enterprise_id = members.member_id
    inner join segments using (segment_key)
    inner join standings using (enterprise_id)
    left join actions using (enterprise_kind)
)

select * from enterprises_with_their_plan
