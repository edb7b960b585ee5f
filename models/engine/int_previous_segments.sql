with previous_labels as (
    select * from {{ ref('previous_model_clusters') }}
),

last_fit as (
    select * from {{ ref('int_last_fit') }}
),

published_clusters as (
    select * from {{ source('previous_publication', 'fit_clusters') }}
),

published_segments as (
    select * from {{ source('previous_publication', 'enterprise_segments') }}
),

labels as (
    select * from {{ ref('enterprise_clusters') }}
),

enterprises_scored as (
    select
        previous_labels.enterprise_id,
        published_clusters.segment_key
    from previous_labels
    cross join last_fit
    inner join published_clusters
        on
            last_fit.fit_id = published_clusters.fit_id
            and previous_labels.cluster_id = published_clusters.cluster_id
),

-- A model whose features are gone cannot score: then what it said last counts.
enterprises_looked_up as (
    select
        published_segments.enterprise_id,
        published_segments.model_segment_key as segment_key
    from published_segments
    inner join labels on published_segments.enterprise_id = labels.enterprise_id
    where not exists (select 1 from enterprises_scored)
),

previous_segments as (
    select
        enterprise_id,
        segment_key
    from enterprises_scored
    union all
    select
        enterprise_id,
        segment_key
    from enterprises_looked_up
)

select * from previous_segments
