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
        current_fits.segmentation,
        published_clusters.segment_key
    from current_fits
    inner join published_clusters
        on
            current_fits.segmentation = published_clusters.segmentation
            and current_fits.last_fit_id = published_clusters.fit_id
),

-- Related are two segments where more than half of one's members are in the other: at
-- most one such other.
events as (
    select
        identities.segmentation,
        identities.segment_key,
        case
            when current_fits.last_fit_id is null then 'first'
            when identities.matched_by = 'members_alone' then 'kept_by_members'
            when segments_of_last_fit.segment_key is not null then 'kept'
            when published_registry.segment_key is not null then 'returned'
            when sources.from_segment_key is not null then 'split'
            else 'new'
        end as event_type,
        sources.from_segment_key as related_segment_key,
        sources.member_count as related_member_count,
        sources.from_member_count as former_member_count
    from identities
    inner join current_fits using (segmentation)
    left join segments_of_last_fit using (segmentation, segment_key)
    left join published_registry using (segmentation, segment_key)
    left join migrations as sources
        on
            identities.segmentation = sources.segmentation
            and identities.segment_key = sources.to_segment_key
            and case
                when segments_of_last_fit.segment_key is null
                    then sources.to_share > 0.5
                else
                    identities.matched_by = 'members_alone'
                    and identities.segment_key = sources.from_segment_key
            end
    union all
    select
        segments_of_last_fit.segmentation,
        segments_of_last_fit.segment_key,
        case
            when destinations.to_segment_key is not null then 'merged'
            else 'retired'
        end as event_type,
        destinations.to_segment_key as related_segment_key,
        destinations.member_count as related_member_count,
        destinations.from_member_count as former_member_count
    from segments_of_last_fit
    left join identities using (segmentation, segment_key)
    left join migrations as destinations
        on
            segments_of_last_fit.segmentation = destinations.segmentation
            and segments_of_last_fit.segment_key = destinations.from_segment_key
            and destinations.from_share > 0.5
    where identities.segment_key is null
)

{{ history('segment_events', 'events', [
    'segmentation', 'fit_id', 'segment_key', 'event_type', 'related_segment_key',
    'related_member_count', 'former_member_count',
]) }}
