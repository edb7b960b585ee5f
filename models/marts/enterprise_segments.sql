with features as (
    select * from {{ ref('enterprise_features') }}
),

labels as (
    select * from {{ ref('enterprise_clusters') }}
),

placed as (
    select * from {{ ref('int_enterprises_placed') }}
),

coordinates as (
    select * from {{ ref('enterprise_coordinates') }}
),

clusters as (
    select * from {{ ref('int_clusters_named') }}
),

explanations as (
    select * from {{ ref('int_explanations_worded') }}
),

axes_of_the_map_taken as (
    select
        enterprise_id,
        max(coordinate) filter (where component = 1) as pca_x,
        -- A fitted space of one column is a line.
        coalesce(max(coordinate) filter (where component = 2), 0) as pca_y
    from coordinates
    where component <= 2
    group by enterprise_id
),

enterprises_named as (
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
        features.turnover_eur,
        labels.cluster_id,
        placed.segment_key,
        placed.segment_name,
        placed.model_segment_key,
        placed.is_set_by_hand,
        placed.override_reason,
        labels.distance_to_centroid,
        runners_up.segment_key as runner_up_segment_key,
        labels.assignment_margin,
        axes_of_the_map_taken.pca_x,
        axes_of_the_map_taken.pca_y,
        explanations.explanation_fr,
        explanations.explanation_en
    from features
    inner join labels on features.enterprise_id = labels.enterprise_id
    inner join placed on features.enterprise_id = placed.enterprise_id
    inner join clusters as runners_up
        on labels.runner_up_cluster_id = runners_up.cluster_id
    inner join axes_of_the_map_taken
        on features.enterprise_id = axes_of_the_map_taken.enterprise_id
    inner join explanations on features.enterprise_id = explanations.enterprise_id
)

select * from enterprises_named
