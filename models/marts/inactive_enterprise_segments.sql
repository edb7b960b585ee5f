{%- set recipe = dict(active_recipe('visibility'), features='int_inactive_features') -%}
{%- set cluster_count = recipe.n_clusters | int -%}
with {{ scaled_members_of('visibility', recipe, cluster_count) }},

{{ labelled_members(recipe, cluster_count) }},

clusters as (
    select *
    from {{ ref('clusters_named') }}
    where segmentation = 'visibility'
),

inactive_enterprises_placed as (
    select
        features.enterprise_id,
        features.enterprise_name,
        false as is_active,
        features.category_name,
        features.category_group,
        features.city_name,
        features.followers_facebook,
        features.followers_instagram,
        features.followers_tiktok,
        features.followers_other,
        features.followers_total,
        labelled.cluster_id,
        clusters.segment_key,
        clusters.segment_name_fr,
        clusters.segment_name_en,
        runners_up.segment_key as runner_up_segment_key,
        labelled.assignment_margin,
        {{ unknown_features(recipe) }} as unknown_features
    from features
    inner join labelled on features.enterprise_id = labelled.member_id
    inner join clusters on labelled.cluster_id = clusters.cluster_id
    inner join clusters as runners_up
        on labelled.runner_up_cluster_id = runners_up.cluster_id
)

select * from inactive_enterprises_placed
