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

segments_registered as (
    select
        segments.segmentation,
        segments.segment_key,
        segments.segment_name_fr,
        segments.segment_name_en,
        segments.colour_number,
        segments.segment_colour,
        clusters.segment_key is not null as is_current,
        coalesce(published_registry.first_fit_id, current_fits.fit_id) as first_fit_id,
        case
            when clusters.segment_key is not null then current_fits.fit_id
            else published_registry.last_fit_id
        end as last_fit_id,
        coalesce(cluster_sizes.member_count, 0) as member_count
    from segments
    left join published_registry using (segmentation, segment_key)
    left join clusters using (segmentation, segment_key)
    left join cluster_sizes using (segmentation, cluster_id)
    left join current_fits using (segmentation)
    where
        published_registry.segment_key is not null or clusters.segment_key is not null
)

select * from segments_registered
