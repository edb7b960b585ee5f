with
{% for segmentation, entry in segmentations().items() if entry.score_grid %}
{{ segmentation }} as (
    select
        cast({{ entry.score_grid[0] }} as integer) as down_score,
        cast({{ entry.score_grid[1] }} as integer) as across_score,
        cast({{ entry.score_grid[2] }} as double) as value
    from {{ ref(entry.members) }}
),

{% endfor %}
chart_cells as (
    {% for segmentation, entry in segmentations().items() if entry.score_grid %}
    select
        '{{ segmentation }}' as segmentation,
        down_score,
        across_score,
        count(*) as member_count,
        sum(value) as total_value
    from {{ segmentation }}
    where down_score is not null and across_score is not null
    group by down_score, across_score
    {{ 'union all' if not loop.last }}
    {% else %}
    -- No segmentation has any.
    select
        cast(null as string) as segmentation,
        cast(null as integer) as down_score,
        cast(null as integer) as across_score,
        cast(null as bigint) as member_count,
        cast(null as double) as total_value
    where false
    {% endfor %}
)

select * from chart_cells
