with placed as (
    select * from {{ ref('members_placed') }}
),

previous_segments as (
    select * from {{ ref('previous_segments') }}
),

current_fits as (
    select * from {{ ref('current_fits') }}
),

published_members as (
    select * from {{ source('previous_publication', 'member_segments') }}
),

published_changes as (
    select * from {{ source('previous_publication', 'segment_changes') }}
),

changes_counted as (
    select
        segmentation,
        member_id,
        max(change_number) as change_count
    from published_changes
    group by segmentation, member_id
),

-- Scored by the last model on today's data: where that already moves a member, the
-- member has changed, whatever a new model adds; unless what moves it is that a value
-- became unknown, or that one became known.
changes_explained as (
    select
        segmentation,
        member_id,
        cast(coalesce(changes_counted.change_count, 0) + 1 as integer)
            as change_number,
        {{ as_of() }} as changed_at,
        published_members.segment_key as from_segment_key,
        placed.segment_key as to_segment_key,
        case
            when published_members.segment_key is null then 'new'
            when placed.segment_key is null then 'gone'
            when placed.is_set_by_hand or published_members.is_set_by_hand
                then 'set_by_hand'
            when
                current_fits.is_new_fit
                and previous_segments.segment_key = published_members.model_segment_key
                then 'model_changed'
            when
                previous_segments.has_lost_a_value
                or previous_segments.segment_key_as_known
                = published_members.model_segment_key
                then 'data_missing'
            else 'member_changed'
        end as cause,
        previous_segments.segment_key as previous_model_segment_key,
        current_fits.fit_id
    from placed
    full outer join published_members using (segmentation, member_id)
    inner join current_fits using (segmentation)
    left join previous_segments using (segmentation, member_id)
    left join changes_counted using (segmentation, member_id)
    where placed.segment_key is distinct from published_members.segment_key
)

{{ history('segment_changes', 'changes_explained', [
    'segmentation', 'member_id', 'change_number', 'changed_at', 'from_segment_key',
    'to_segment_key', 'cause', 'previous_model_segment_key', 'fit_id',
], of_new_fit=false) }}
