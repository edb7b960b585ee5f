with segments as (
    select * from {{ ref('segments') }}
),

published_profiles as (
    select * from {{ source('previous_publication', 'cluster_profiles') }}
),

published_segments as (
    select
        segment_key,
        'previous_publication' as matched_to,
        mean_followers_total,
        mean_followers_facebook,
        mean_followers_instagram,
        mean_followers_tiktok
    from published_profiles
),

-- A segment of the seed that the last publication did not have may come back.
seeded_segments as (
    select
        segments.segment_key,
        'segments_seed' as matched_to,
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
        matched_to,
        mean_followers_total,
        mean_followers_facebook,
        mean_followers_instagram,
        mean_followers_tiktok
    from published_segments
    union all
    select
        segment_key,
        matched_to,
        mean_followers_total,
        mean_followers_facebook,
        mean_followers_instagram,
        mean_followers_tiktok
    from seeded_segments
)

select * from segments_known
