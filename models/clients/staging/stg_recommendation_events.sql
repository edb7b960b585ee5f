with raw_rows as (
    select * from {{ ref('base_recommendation_events') }}
),

{{ parsed_values('event', [
    {'event_key': text_key(known_text('event_text'))},
    {'event_read': parse_event('event_key')},
    {'event_rejection': value_rejection('event', 'event_read')},
]) }},

{{ parsed_date('event_on', 'event_on_read') }},

texts_trimmed as (
    select
        raw_row,
        event,
        event_on,
        {{ trimmed_text('enterprise_id') }} as enterprise_id_text,
        {{ trimmed_text('recommendation_id') }} as recommendation_id_text
    from raw_rows
),

ids_parsed as (
    select
        raw_row,
        enterprise_id_text,
        recommendation_id_text,
        event,
        event_on,
        {{ parse_id(known_text('enterprise_id_text')) }} as enterprise_id_read,
        lower({{ known_text('recommendation_id_text') }}) as recommendation_id_read
    from texts_trimmed
),

values_judged as (
    select
        ids_parsed.raw_row,
        ids_parsed.recommendation_id_text,
        event_values.event_text,
        event_on_values.event_on_text,
        ids_parsed.enterprise_id_read as enterprise_id,
        ids_parsed.recommendation_id_read as recommendation_id,
        event_values.event_read as event,
        event_on_values.event_on_read as event_on,
        {{ value_rejection('enterprise_id', 'ids_parsed.enterprise_id_read') }}
            as enterprise_id_rejection,
        event_values.event_rejection,
        event_on_values.event_on_rejection
    from ids_parsed
    left join event_values using (event)
    left join event_on_values using (event_on)
)

select * from values_judged
