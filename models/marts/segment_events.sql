with published_events as (
    select * from {{ source('previous_publication', 'segment_events') }}
),

events_found as (
    select * from {{ ref('int_segment_events_found') }}
),

events_of_all_fits as (
    select
        fit_id,
        segment_key,
        event_type,
        related_segment_key,
        related_enterprise_count
    from published_events
    union all
    select
        fit_id,
        segment_key,
        event_type,
        related_segment_key,
        related_enterprise_count
    from events_found
)

select * from events_of_all_fits
