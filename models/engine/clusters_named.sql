with identities as (
    select * from {{ ref('cluster_identities') }}
),

segments as (
    select * from {{ ref('segments_described') }}
),

clusters_named as (
    select
        identities.segmentation,
        identities.cluster_id,
        identities.segment_key,
        segments.segment_name_{{ var('language') }} as segment_name,
        segments.segment_name_fr,
        segments.segment_name_en
    from identities
    inner join segments using (segmentation, segment_key)
)

select * from clusters_named
