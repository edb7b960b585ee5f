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
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

current_profiles as (
    select
        clusters.segmentation,
        clusters.segment_key,
        clusters_measured.measure,
        clusters_measured.mean_value
    from clusters
    inner join clusters_measured
        on
            clusters.segmentation = clusters_measured.segmentation
            and clusters.cluster_id = clusters_measured.cluster_id
    inner join identifying_measures
        on
            clusters_measured.segmentation = identifying_measures.segmentation
            and clusters_measured.measure = identifying_measures.measure
),

-- A mean that is unknown today, or a segment that is no longer there, keeps its last.
last_known_profiles as (
    select
        coalesce(current_profiles.segmentation, published_profiles.segmentation)
            as segmentation,
        coalesce(current_profiles.segment_key, published_profiles.segment_key)
            as segment_key,
        coalesce(current_profiles.measure, published_profiles.measure) as measure,
        coalesce(current_profiles.mean_value, published_profiles.mean_value)
            as mean_value
    from current_profiles
    full outer join published_profiles
        on
            current_profiles.segmentation = published_profiles.segmentation
            and current_profiles.segment_key = published_profiles.segment_key
            and current_profiles.measure = published_profiles.measure
)

select * from last_known_profiles
