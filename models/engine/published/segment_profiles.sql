with clusters as (
    select * from {{ ref('clusters_named') }}
),

clusters_measured as (
    select * from {{ ref('clusters_measured') }}
),

published_profiles as (
    select * from {{ source('previous_publication', 'segment_profiles') }}
),

identifying_measures as (
    {%- for segmentation, entry, measure in listed('identified_by') %}
    select
        '{{ segmentation }}' as segmentation,
        '{{ measure }}' as measure
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

current_profiles as (
    select
        clusters.segmentation,
        clusters.segment_key,
        clusters_measured.measure,
        clusters_measured.mean_value
    from clusters
    inner join clusters_measured using (segmentation, cluster_id)
    inner join identifying_measures using (segmentation, measure)
),

-- A mean that is unknown today, or a segment that is no longer there, keeps its last.
last_known_profiles as (
    select
        segmentation,
        segment_key,
        measure,
        coalesce(current_profiles.mean_value, published_profiles.mean_value)
            as mean_value
    from current_profiles
    full outer join published_profiles using (segmentation, segment_key, measure)
)

select * from last_known_profiles
