with events as (
    select * from {{ ref('int_recommendation_events_disposed') }}
),

events_resting as (
    select
        surviving_enterprise_id,
        recommendation_id,
        event_on
        + case
            {% for event, days in var('rest_days_after').items() -%}
            when event = '{{ event }}' then {{ days }}
            {% endfor -%}
            when true then 0
        end as rests_until
    from events
    where disposition = 'used'
),

recommendations_resting as (
    select
        surviving_enterprise_id as enterprise_id,
        recommendation_id,
        max(rests_until) as rests_until
    from events_resting
    where rests_until > cast({{ as_of() }} as date)
    group by surviving_enterprise_id, recommendation_id
)

select * from recommendations_resting
