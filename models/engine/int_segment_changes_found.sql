with placed as (
    select * from {{ ref('int_enterprises_placed') }}
),

previous_segments as (
    select * from {{ ref('int_previous_segments') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

published_segments as (
    select * from {{ source('previous_publication', 'enterprise_segments') }}
),

published_changes as (
    select * from {{ source('previous_publication', 'segment_changes') }}
),

changes_counted as (
    select
        enterprise_id,
        max(change_number) as change_count
    from published_changes
    group by enterprise_id
),

segments_compared as (
    select
        coalesce(placed.enterprise_id, published_segments.enterprise_id)
            as enterprise_id,
        placed.enterprise_id is not null as is_there,
        published_segments.enterprise_id is not null as was_there,
        published_segments.segment_key as from_segment_key,
        placed.segment_key as to_segment_key,
        published_segments.model_segment_key,
        coalesce(placed.is_set_by_hand, false)
        or coalesce(published_segments.is_set_by_hand, false) as is_set_by_hand
    from placed
    full outer join published_segments
        on placed.enterprise_id = published_segments.enterprise_id
    where
        placed.enterprise_id is null
        or published_segments.enterprise_id is null
        or placed.segment_key <> published_segments.segment_key
),

-- Scored by the last model on today's data: where that already moves a client, the
-- client has changed, whatever a new model adds.
changes_explained as (
    select
        segments_compared.enterprise_id,
        cast(coalesce(changes_counted.change_count, 0) + 1 as integer)
            as change_number,
        {{ as_of() }} as changed_at,
        segments_compared.from_segment_key,
        segments_compared.to_segment_key,
        case
            when not segments_compared.was_there then 'new'
            when not segments_compared.is_there then 'gone'
            when segments_compared.is_set_by_hand then 'set_by_hand'
            when
                current_fit.is_new_fit
                and previous_segments.segment_key = segments_compared.model_segment_key
                then 'model_changed'
            else 'enterprise_changed'
        end as cause,
        previous_segments.segment_key as previous_model_segment_key,
        current_fit.fit_id
    from segments_compared
    cross join current_fit
    left join previous_segments
        on segments_compared.enterprise_id = previous_segments.enterprise_id
    left join changes_counted
        on segments_compared.enterprise_id = changes_counted.enterprise_id
)

select * from changes_explained
