{#- A view: a table that a partial run leaves alone would outlive the publication. -#}
{{ config(materialized='view') }}

with reference_profiles as (
    select * from {{ ref('segment_reference_profiles') }}
),

published_profiles as (
    select * from {{ source('previous_publication', 'segment_profiles') }}
),

fit_profiles as (
    select * from {{ source('previous_publication', 'fit_profiles') }}
),

published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

segments as (
    select * from {{ ref('segments') }}
),

keys_ranked as (
    select
        segmentation,
        segment_key,
        row_number() over (
            partition by segmentation
            order by
                case when segments.segment_key is null then 1 else 0 end,
                case when published_registry.first_fit_id is null then 1 else 0 end,
                published_registry.first_fit_id,
                segment_key
        ) as seniority
    from segments
    full outer join published_registry using (segmentation, segment_key)
),

profiles_known as (
    -- Known is a segment even where its profile is not: its key is taken.
    select
        published_registry.segmentation,
        published_registry.segment_key,
        'last_known_profile' as known_from,
        cast(null as integer) as fit_id,
        published_profiles.measure,
        published_profiles.mean_value
    from published_registry
    left join published_profiles using (segmentation, segment_key)
    union all
    -- What a merge has made of a segment does not hide what it was before.
    select
        segmentation,
        segment_key,
        'last_known_profile' as known_from,
        fit_id,
        measure,
        mean_value
    from fit_profiles
    union all
    -- A segment that was never published may still be recognised.
    select
        segments.segmentation,
        segments.segment_key,
        'seed_profile' as known_from,
        cast(null as integer) as fit_id,
        reference_profiles.measure,
        reference_profiles.reference_mean as mean_value
    from segments
    left join reference_profiles using (segmentation, segment_key)
    left join published_registry using (segmentation, segment_key)
    where published_registry.segment_key is null
),

segments_known as (
    select
        profiles_known.segmentation,
        profiles_known.segment_key,
        keys_ranked.seniority,
        profiles_known.known_from,
        profiles_known.fit_id,
        profiles_known.measure,
        profiles_known.mean_value
    from profiles_known
    inner join keys_ranked using (segmentation, segment_key)
)

select * from segments_known
