with published_changes as (
    select * from {{ source('previous_publication', 'segment_changes') }}
),

changes_found as (
    select * from {{ ref('int_segment_changes_found') }}
),

changes_of_all_builds as (
    select
        enterprise_id,
        change_number,
        changed_at,
        from_segment_key,
        to_segment_key,
        cause,
        previous_model_segment_key,
        fit_id
    from published_changes
    union all
    select
        enterprise_id,
        change_number,
        changed_at,
        from_segment_key,
        to_segment_key,
        cause,
        previous_model_segment_key,
        fit_id
    from changes_found
)

select * from changes_of_all_builds
