with labels as (
    select * from {{ ref('enterprise_clusters') }}
),

clusters as (
    select * from {{ ref('int_clusters_named') }}
),

overrides as (
    select * from {{ ref('segment_overrides') }}
),

segments as (
    select * from {{ ref('segments') }}
),

enterprises_placed as (
    select
        labels.enterprise_id,
        labels.cluster_id,
        clusters.segment_key as model_segment_key,
        coalesce(overrides.segment_key, clusters.segment_key) as segment_key,
        coalesce(segments.segment_name_{{ var('language') }}, clusters.segment_name)
            as segment_name,
        overrides.enterprise_id is not null as is_set_by_hand,
        overrides.reason as override_reason
    from labels
    inner join clusters on labels.cluster_id = clusters.cluster_id
    left join overrides on labels.enterprise_id = overrides.enterprise_id
    left join segments on overrides.segment_key = segments.segment_key
)

select * from enterprises_placed
