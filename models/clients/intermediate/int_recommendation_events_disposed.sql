{#- Columns that an event must have, in the order in which they decide. -#}
{%- set needed = ['recommendation_id', 'event', 'event_on'] -%}

with recommendation_events as (
    select * from {{ ref('stg_recommendation_events') }}
),

raw_rows as (
    select * from {{ ref('base_recommendation_events') }}
),

enterprise_fates as (
    select * from {{ ref('int_enterprise_fates') }}
),

recommendations as (
    select * from {{ ref('recommendations') }}
),

rows_attached as (
    select
        recommendation_events.raw_row,
        recommendation_events.enterprise_id,
        recommendation_events.recommendation_id,
        recommendation_events.event,
        recommendation_events.event_on,
        enterprise_fates.surviving_enterprise_id,
        case
            {{ rejection_of_id('recommendation_events') }}
            when recommendation_events.recommendation_id is null then 'missing_value'
            {% for column in needed[1:] -%}
            when recommendation_events.{{ column }} is null
                then coalesce(
                    recommendation_events.{{ column }}_rejection, 'missing_value'
                )
            {% endfor -%}
            when recommendations.recommendation_id is null then 'unlisted'
            {{ rejection_of_fate() }}
        end as rejection,
        case
            when recommendation_events.enterprise_id is null then 'enterprise_id'
            {% for column in needed -%}
            when recommendation_events.{{ column }} is null then '{{ column }}'
            {% endfor -%}
            when recommendations.recommendation_id is null then 'recommendation_id'
            else 'enterprise_id'
        end as rejecting_column
    from recommendation_events
    left join enterprise_fates
        on recommendation_events.enterprise_id = enterprise_fates.enterprise_id
    left join recommendations
        on recommendation_events.recommendation_id = recommendations.recommendation_id
),

rows_ranked as (
    select
        rows_attached.raw_row,
        row_number() over (
            partition by
                rows_attached.surviving_enterprise_id,
                rows_attached.recommendation_id,
                rows_attached.event,
                rows_attached.event_on
            order by
                {{ row_digest('recommendation_events', 'raw_rows') }},
                rows_attached.raw_row
        ) as row_rank
    from rows_attached
    left join raw_rows on rows_attached.raw_row = raw_rows.raw_row
    where rows_attached.rejection is null
),

rows_disposed as (
    select
        rows_attached.raw_row,
        rows_attached.enterprise_id,
        rows_attached.surviving_enterprise_id,
        rows_attached.recommendation_id,
        rows_attached.event,
        rows_attached.event_on,
        case
            when rows_attached.rejection is not null then rows_attached.rejection
            when rows_ranked.row_rank = 1 then 'used'
            else 'duplicate'
        end as disposition,
        case
            when disposition = 'used' then null
            when rows_attached.rejection is not null then rows_attached.rejecting_column
            else 'event_on'
        end as deciding_column
    from rows_attached
    left join rows_ranked using (raw_row)
)

select * from rows_disposed
