with clusters as (
    select * from {{ ref('clusters_named') }}
),

clusters_measured as (
    select * from {{ ref('clusters_measured') }}
),

cluster_measures as (
    select
        clusters_measured.segmentation,
        clusters_measured.cluster_id,
        clusters.segment_key,
        clusters_measured.measure,
        clusters_measured.member_count,
        clusters_measured.known_share,
        clusters_measured.mean_value,
        clusters_measured.median_value
    from clusters_measured
    inner join clusters using (segmentation, cluster_id)
)

select * from cluster_measures
