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

actions as (
    select * from {{ ref('int_actions_listed') }}
),

{{ latest_changes('visibility') }},

-- Narrow rows first: beside those with reasons, one join more of everybody does not fit
-- the memory that a build has by default.
engagement_since as (
    select
        engagement.enterprise_id,
        engagement.engagement_score,
        engagement.engagement_is_lower_bound,
        engagement.engagement_level,
        engagement.engagement_level_fr,
        engagement.engagement_level_en,
        latest_changes.segment_since,
        latest_changes.previous_segment_key
    from engagement
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
        features.turnover_eur,
        members.cluster_id,
        members.segment_key,
        members.segment_name,
        segments.segment_name_fr,
        segments.segment_name_en,
        segments.segment_colour,
        engagement_since.segment_since,
        engagement_since.previous_segment_key,
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
        engagement_since.engagement_score,
        engagement_since.engagement_is_lower_bound,
        engagement_since.engagement_level,
        engagement_since.engagement_level_fr,
        engagement_since.engagement_level_en,
        actions.target_platform,
        actions.actions_fr,
        actions.actions_en
    from features
    inner join members on features.enterprise_id = members.member_id
    inner join segments using (segment_key)
    inner join engagement_since using (enterprise_id)
    left join actions
        on
            {{ enterprise_kind('features', 'members') }}
            = actions.enterprise_kind
)

select * from enterprises_with_their_plan
