with published as (
    select *
    from {{ source('previous_publication', 'segment_sizes_over_time') }}
    where published_at <> {{ as_of() }}
),

published_at_this_clock as (
    select
        segmentation,
        max(previous_published_at) as previous_published_at
    from {{ source('previous_publication', 'segment_sizes_over_time') }}
    where published_at = {{ as_of() }}
    group by segmentation
),

last_publication as (
    select max(published_at) as published_at
    from {{ source('previous_publication', 'publication') }}
    where published_at <> {{ as_of() }}
),

current_fits as (
    select * from {{ ref('current_fits') }}
),

segments as (
    select * from {{ ref('segment_overview') }}
),

clusters as (
    select * from {{ ref('clusters_measured') }}
),

changes as (
    select *
    from {{ ref('segment_changes') }}
    where changed_at = {{ as_of() }}
),

-- A build with the clock of the last publication tells that one's changes as well.
publications_compared as (
    select
        current_fits.segmentation,
        current_fits.fit_id,
        case
            when current_fits.last_fit_id is not null
                then coalesce(
                    published_at_this_clock.previous_published_at,
                    last_publication.published_at
                )
        end as previous_published_at
    from current_fits
    cross join last_publication
    left join published_at_this_clock using (segmentation)
),

main_measures as (
    {%- for segmentation, entry in segmentations().items() %}
    select
        '{{ segmentation }}' as segmentation,
        '{{ entry.measures | first }}' as main_measure
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

flows as (
    select
        segmentation,
        to_segment_key as segment_key,
        case when from_segment_key is null then 'entered' else 'moved_in' end as flow
    from changes
    where to_segment_key is not null
    union all
    select
        segmentation,
        from_segment_key as segment_key,
        case when to_segment_key is null then 'left' else 'moved_out' end as flow
    from changes
    where from_segment_key is not null
),

flows_counted as (
    select
        {% for flow in ['entered', 'left', 'moved_in', 'moved_out'] -%}
        count(*) filter (where flow = '{{ flow }}') as {{ flow }}_count,
        {% endfor -%}
        segmentation,
        segment_key
    from flows
    group by segmentation, segment_key
),

sizes as (
    select
        segmentation,
        published_at,
        segment_key,
        previous_published_at,
        fit_id,
        member_count,
        entered_count,
        left_count,
        moved_in_count,
        moved_out_count,
        main_measure,
        mean_value
    from published
    union all
    select
        segments.segmentation,
        {{ as_of() }} as published_at,
        segments.segment_key,
        publications_compared.previous_published_at,
        publications_compared.fit_id,
        segments.member_count,
        {% for flow in ['entered', 'left', 'moved_in', 'moved_out'] -%}
        coalesce(flows_counted.{{ flow }}_count, 0) as {{ flow }}_count,
        {% endfor -%}
        main_measures.main_measure,
        clusters.mean_value
    from segments
    inner join publications_compared using (segmentation)
    inner join main_measures using (segmentation)
    left join flows_counted using (segmentation, segment_key)
    left join clusters
        on
            segments.segmentation = clusters.segmentation
            and segments.cluster_id = clusters.cluster_id
            and main_measures.main_measure = clusters.measure
    -- Known is a segment for good; one that is empty and stays so says nothing more.
    where
        segments.cluster_id is not null
        or segments.member_count > 0
        or flows_counted.segment_key is not null
)

select * from sizes
