with current_fits as (
    select * from {{ ref('current_fits') }}
),

identities as (
    select * from {{ ref('cluster_identities') }}
),

migrations as (
    select * from {{ ref('segments_migrated') }}
),

published_clusters as (
    select * from {{ source('previous_publication', 'fit_clusters') }}
),

published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

segments_of_last_fit as (
    select
        published_clusters.segmentation,
        published_clusters.segment_key
    from published_clusters
    inner join current_fits
        on
            published_clusters.segmentation = current_fits.segmentation
            and published_clusters.fit_id = current_fits.last_fit_id
),

-- More than half of one segment's members in another: at most one such other.
main_sources as (
    select *
    from migrations
    where to_share > 0.5
),

main_destinations as (
    select *
    from migrations
    where from_share > 0.5
),

segments_there as (
    select
        identities.segmentation,
        identities.segment_key,
        case
            when current_fits.last_fit_id is null then 'first'
            when segments_of_last_fit.segment_key is not null then 'kept'
            when published_registry.segment_key is not null then 'returned'
            when main_sources.from_segment_key is not null then 'split'
            else 'new'
        end as event_type,
        case
            when segments_of_last_fit.segment_key is null
                then main_sources.from_segment_key
        end as related_segment_key,
        case
            when segments_of_last_fit.segment_key is null
                then main_sources.member_count
        end as related_member_count
    from identities
    inner join current_fits on identities.segmentation = current_fits.segmentation
    left join segments_of_last_fit
        on
            identities.segmentation = segments_of_last_fit.segmentation
            and identities.segment_key = segments_of_last_fit.segment_key
    left join published_registry
        on
            identities.segmentation = published_registry.segmentation
            and identities.segment_key = published_registry.segment_key
    left join main_sources
        on
            identities.segmentation = main_sources.segmentation
            and identities.segment_key = main_sources.to_segment_key
),

segments_gone as (
    select
        segments_of_last_fit.segmentation,
        segments_of_last_fit.segment_key,
        case
            when main_destinations.to_segment_key is not null then 'merged'
            else 'retired'
        end as event_type,
        main_destinations.to_segment_key as related_segment_key,
        main_destinations.member_count as related_member_count
    from segments_of_last_fit
    left join identities
        on
            segments_of_last_fit.segmentation = identities.segmentation
            and segments_of_last_fit.segment_key = identities.segment_key
    left join main_destinations
        on
            segments_of_last_fit.segmentation = main_destinations.segmentation
            and segments_of_last_fit.segment_key = main_destinations.from_segment_key
    where identities.segment_key is null
),

events as (
    select * from segments_there
    union all
    select * from segments_gone
),

events_of_new_fits as (
    select
        events.segmentation,
        current_fits.fit_id,
        events.segment_key,
        events.event_type,
        events.related_segment_key,
        events.related_member_count
    from events
    inner join current_fits on events.segmentation = current_fits.segmentation
    where current_fits.is_new_fit
)

select * from events_of_new_fits
