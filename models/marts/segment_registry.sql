with published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

profiles as (
    select * from {{ ref('cluster_profiles') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

segments as (
    select * from {{ ref('int_segments_described') }}
),

profiles_of_fit as (
    select
        profiles.segment_key,
        current_fit.fit_id,
        profiles.enterprise_count,
        profiles.mean_followers_total,
        profiles.mean_followers_facebook,
        profiles.mean_followers_instagram,
        profiles.mean_followers_tiktok
    from profiles
    cross join current_fit
),

segments_of_all_fits as (
    select
        coalesce(profiles_of_fit.segment_key, published_registry.segment_key)
            as segment_key,
        profiles_of_fit.segment_key is not null as is_current,
        coalesce(published_registry.first_fit_id, profiles_of_fit.fit_id)
            as first_fit_id,
        coalesce(profiles_of_fit.fit_id, published_registry.last_fit_id)
            as last_fit_id,
        coalesce(profiles_of_fit.enterprise_count, 0) as enterprise_count,
        coalesce(
            profiles_of_fit.mean_followers_total,
            published_registry.mean_followers_total
        ) as mean_followers_total,
        coalesce(
            profiles_of_fit.mean_followers_facebook,
            published_registry.mean_followers_facebook
        ) as mean_followers_facebook,
        coalesce(
            profiles_of_fit.mean_followers_instagram,
            published_registry.mean_followers_instagram
        ) as mean_followers_instagram,
        coalesce(
            profiles_of_fit.mean_followers_tiktok,
            published_registry.mean_followers_tiktok
        ) as mean_followers_tiktok
    from published_registry
    full outer join profiles_of_fit
        on published_registry.segment_key = profiles_of_fit.segment_key
),

segments_registered as (
    select
        segments_of_all_fits.segment_key,
        segments.segment_name_fr,
        segments.segment_name_en,
        segments.colour_number,
        segments.segment_colour,
        segments_of_all_fits.is_current,
        segments_of_all_fits.first_fit_id,
        segments_of_all_fits.last_fit_id,
        segments_of_all_fits.enterprise_count,
        segments_of_all_fits.mean_followers_total,
        segments_of_all_fits.mean_followers_facebook,
        segments_of_all_fits.mean_followers_instagram,
        segments_of_all_fits.mean_followers_tiktok
    from segments_of_all_fits
    inner join segments on segments_of_all_fits.segment_key = segments.segment_key
)

select * from segments_registered
