{#- A view: a table that a partial run leaves alone would outlive the publication. -#}
{{ config(materialized='view') }}

with reference_profiles as (
    select * from {{ ref('segment_reference_profiles') }}
),

published_profiles as (
    select * from {{ source('previous_publication', 'segment_profiles') }}
),

published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

segments as (
    select * from {{ ref('segments') }}
),

segments_known as (
    -- Known is a segment even where its profile is not: its key is taken.
    select
        published_registry.segmentation,
        published_registry.segment_key,
        'last_known_profile' as known_from,
        published_profiles.measure,
        published_profiles.mean_value
    from published_registry
    left join published_profiles using (segmentation, segment_key)
    union all
    -- A segment that was never published may still be recognised.
    select
        segments.segmentation,
        segments.segment_key,
        'seed_profile' as known_from,
        reference_profiles.measure,
        reference_profiles.reference_mean as mean_value
    from segments
    left join reference_profiles using (segmentation, segment_key)
    left join published_registry using (segmentation, segment_key)
    where published_registry.segment_key is null
)

select * from segments_known
