with published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

clusters as (
    select * from {{ ref('clusters_named') }}
),

cluster_sizes as (
    select distinct
        segmentation,
        cluster_id,
        member_count
    from {{ ref('clusters_measured') }}
),

current_fits as (
    select * from {{ ref('current_fits') }}
),

segments as (
    select * from {{ ref('segments_described') }}
),

segments_of_fit as (
    select
        clusters.segmentation,
        clusters.segment_key,
        current_fits.fit_id,
        cluster_sizes.member_count
    from clusters
    inner join current_fits using (segmentation)
    inner join cluster_sizes using (segmentation, cluster_id)
),

segments_registered as (
    select
        segments.segmentation,
        segments.segment_key,
        segments.segment_name_fr,
        segments.segment_name_en,
        segments.colour_number,
        segments.segment_colour,
        segments_of_fit.segment_key is not null as is_current,
        coalesce(published_registry.first_fit_id, segments_of_fit.fit_id)
            as first_fit_id,
        coalesce(segments_of_fit.fit_id, published_registry.last_fit_id) as last_fit_id,
        coalesce(segments_of_fit.member_count, 0) as member_count
    from segments
    left join published_registry using (segmentation, segment_key)
    left join segments_of_fit using (segmentation, segment_key)
    where
        published_registry.segment_key is not null
        or segments_of_fit.segment_key is not null
)

select * from segments_registered
