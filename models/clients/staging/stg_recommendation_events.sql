with raw_rows as (
    select * from {{ ref('base_recommendation_events') }}
),

{{ parsed_values('event', [
    {'event_key': text_key(known_text('event_text'))},
    {'event_read': parse_event('event_key')},
    {'event_rejection': value_rejection('event', 'event_read')},
]) }},

{{ parsed_date('event_on', 'event_on_read') }},

{{ parsed_values('recommendation_id', [
    {'recommendation_id_read': 'lower(' ~ known_text('recommendation_id_text') ~ ')'},
]) }},

{{ parsed_ids(['enterprise_id'], beside=['recommendation_id', 'event', 'event_on']) }},

values_judged as (
    select
        ids_parsed.raw_row,
        recommendation_id_values.recommendation_id_text,
        event_values.event_text,
        event_on_values.event_on_text,
        ids_parsed.enterprise_id_read as enterprise_id,
        recommendation_id_values.recommendation_id_read as recommendation_id,
        event_values.event_read as event,
        event_on_values.event_on_read as event_on,
        {{ value_rejection('enterprise_id', 'ids_parsed.enterprise_id_read') }}
            as enterprise_id_rejection,
        event_values.event_rejection,
        event_on_values.event_on_rejection
    from ids_parsed
    left join recommendation_id_values using (recommendation_id)
    left join event_values using (event)
    left join event_on_values using (event_on)
)

select * from values_judged
