with current_fit as (
    select * from {{ ref('int_current_fit') }}
),

identities as (
    select * from {{ ref('cluster_identities') }}
),

migrations as (
    select * from {{ ref('int_segments_migrated') }}
),

published_clusters as (
    select * from {{ source('previous_publication', 'fit_clusters') }}
),

published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

segments_of_last_fit as (
    select published_clusters.segment_key
    from published_clusters
    inner join current_fit on published_clusters.fit_id = current_fit.last_fit_id
),

-- More than half of one segment's members in another: at most one such other.
main_sources as (
    select
        from_segment_key,
        to_segment_key,
        enterprise_count
    from migrations
    where to_share > 0.5
),

main_destinations as (
    select
        from_segment_key,
        to_segment_key,
        enterprise_count
    from migrations
    where from_share > 0.5
),

segments_there as (
    select
        identities.segment_key,
        case
            when current_fit.last_fit_id is null then 'first'
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
                then main_sources.enterprise_count
        end as related_enterprise_count
    from identities
    cross join current_fit
    left join segments_of_last_fit
        on identities.segment_key = segments_of_last_fit.segment_key
    left join published_registry
        on identities.segment_key = published_registry.segment_key
    left join main_sources on identities.segment_key = main_sources.to_segment_key
),

segments_gone as (
    select
        segments_of_last_fit.segment_key,
        case
            when main_destinations.to_segment_key is not null then 'merged'
            else 'retired'
        end as event_type,
        main_destinations.to_segment_key as related_segment_key,
        main_destinations.enterprise_count as related_enterprise_count
    from segments_of_last_fit
    left join identities
        on segments_of_last_fit.segment_key = identities.segment_key
    left join main_destinations
        on segments_of_last_fit.segment_key = main_destinations.from_segment_key
    where identities.segment_key is null
),

events as (
    select
        segment_key,
        event_type,
        related_segment_key,
        related_enterprise_count
    from segments_there
    union all
    select
        segment_key,
        event_type,
        related_segment_key,
        related_enterprise_count
    from segments_gone
),

events_of_new_fit as (
    select
        current_fit.fit_id,
        events.segment_key,
        events.event_type,
        events.related_segment_key,
        events.related_enterprise_count
    from events
    cross join current_fit
    where current_fit.is_new_fit
)

select * from events_of_new_fit
