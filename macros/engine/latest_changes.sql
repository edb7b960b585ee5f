{#- CTE `latest_changes`: of each member of a segmentation the change that brought it where
    it is: when that was, and from which segment. -#}
{% macro latest_changes(segmentation) -%}
changes_ranked as (
    select
        member_id,
        changed_at,
        from_segment_key,
        row_number() over (
            partition by member_id order by change_number desc
        ) as change_rank
    from {{ ref('segment_changes') }}
    where segmentation = '{{ segmentation }}'
),

latest_changes as (
    select
        member_id,
        changed_at as segment_since,
        from_segment_key as previous_segment_key
    from changes_ranked
    where change_rank = 1
)
{%- endmacro %}
