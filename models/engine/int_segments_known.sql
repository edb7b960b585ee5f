{#- A view: a table that a partial run leaves alone would outlive the publication. -#}
{{ config(materialized='view') }}

with segments as (
    select * from {{ ref('segments') }}
),

published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

published_segments as (
    select
        segment_key,
        'last_known_profile' as known_from,
        mean_followers_total,
        mean_followers_facebook,
        mean_followers_instagram,
        mean_followers_tiktok
    from published_registry
),

-- A segment that was never published may still be recognised.
seeded_segments as (
    select
        segments.segment_key,
        'seed_profile' as known_from,
        segments.reference_followers_total as mean_followers_total,
        segments.reference_followers_facebook as mean_followers_facebook,
        segments.reference_followers_instagram as mean_followers_instagram,
        segments.reference_followers_tiktok as mean_followers_tiktok
    from segments
    left join published_segments
        on segments.segment_key = published_segments.segment_key
    where published_segments.segment_key is null
),

segments_known as (
    select
        segment_key,
        known_from,
        mean_followers_total,
        mean_followers_facebook,
        mean_followers_instagram,
        mean_followers_tiktok
    from published_segments
    union all
    select
        segment_key,
        known_from,
        mean_followers_total,
        mean_followers_facebook,
        mean_followers_instagram,
        mean_followers_tiktok
    from seeded_segments
)

select * from segments_known
