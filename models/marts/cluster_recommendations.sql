with recommendations as (
    select * from {{ ref('recommendations') }}
),

segments as (
    select * from {{ ref('segment_overview') }}
),

-- A segment without a line of its own has the starting set.
segments_planned as (
    select distinct
        segmentation,
        segment_key,
        segment_key as planned_segment_key
    from recommendations
    where segment_key is not null
),

recommendations_of_segments as (
    select
        segments.segmentation,
        segments.segment_key,
        segments.segment_name_{{ var('language') }} as segment_name,
        segments.cluster_id,
        segments.model_member_count as member_count,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.category_name,
        recommendations.category_group,
        recommendations.city_name,
        {% for language in ['fr', 'en'] -%}
        {{ named_agency('recommendations.action_' ~ language) }}
            as action_{{ language }},
        {% endfor -%}
        recommendations.segment_key is null as is_starting_set
    from segments
    left join segments_planned using (segmentation, segment_key)
    inner join recommendations
        on
            segments.segmentation = recommendations.segmentation
            and coalesce(segments_planned.planned_segment_key, '')
            = coalesce(recommendations.segment_key, '')
)

select * from recommendations_of_segments
