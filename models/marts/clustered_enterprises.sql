with enterprises as (
    select * from {{ ref('enterprise_segments') }}
),

segments as (
    select * from {{ ref('int_segments_described') }}
),

engagement as (
    select * from {{ ref('int_engagement_scored') }}
),

actions as (
    select * from {{ ref('int_actions_listed') }}
),

enterprises_with_their_plan as (
    select
        enterprises.enterprise_id,
        enterprises.enterprise_name,
        enterprises.category_name,
        enterprises.category_group,
        enterprises.city_name,
        enterprises.segment_key,
        enterprises.segment_name,
        segments.segment_name_fr,
        segments.segment_name_en,
        segments.segment_colour,
        enterprises.cluster_id,
        enterprises.followers_facebook,
        enterprises.followers_instagram,
        enterprises.followers_tiktok,
        enterprises.followers_other,
        enterprises.followers_total,
        enterprises.turnover_eur,
        engagement.engagement_score,
        engagement.engagement_level,
        engagement.engagement_level_fr,
        engagement.engagement_level_en,
        actions.target_platform,
        actions.actions_fr,
        actions.actions_en,
        enterprises.explanation_fr,
        enterprises.explanation_en,
        enterprises.is_set_by_hand,
        enterprises.assignment_margin
    from enterprises
    inner join segments on enterprises.segment_key = segments.segment_key
    inner join engagement on enterprises.enterprise_id = engagement.enterprise_id
    left join actions on enterprises.enterprise_id = actions.enterprise_id
)

select * from enterprises_with_their_plan
