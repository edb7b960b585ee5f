with figures as (
    select *
    from {{ ref('evaluation_figures') }}
    where section = 'stability'
),

clusters as (
    select * from {{ ref('clusters_named') }}
),

readings as (
    select * from {{ ref('stability_readings') }}
),

clusters_resampled as (
    select
        segmentation,
        evaluated_at,
        cast(subject as integer) as cluster_id,
        cast({{ figure('sample_count') }} as bigint) as sample_count,
        {{ figure('mean_jaccard') }} as mean_jaccard,
        {{ figure('dissolved_share') }} as dissolved_share,
        {{ figure('recovered_share') }} as recovered_share,
        cast({{ figure('bootstrap_count') }} as integer) as bootstrap_count
    from figures
    group by segmentation, evaluated_at, subject
),

readings_ranked as (
    select
        clusters_resampled.segmentation,
        clusters_resampled.cluster_id,
        readings.reading,
        readings.description_{{ var('language') }} as reading_description,
        row_number() over (
            partition by clusters_resampled.segmentation, clusters_resampled.cluster_id
            order by readings.minimum_mean_jaccard desc
        ) as reading_rank
    from clusters_resampled
    inner join readings
        on clusters_resampled.mean_jaccard >= readings.minimum_mean_jaccard
),

clusters_read as (
    select
        clusters_resampled.segmentation,
        clusters_resampled.cluster_id,
        clusters.segment_key,
        clusters.segment_name,
        clusters_resampled.sample_count,
        clusters_resampled.mean_jaccard,
        clusters_resampled.dissolved_share,
        clusters_resampled.recovered_share,
        clusters_resampled.bootstrap_count,
        readings_ranked.reading,
        readings_ranked.reading_description,
        clusters_resampled.evaluated_at
    from clusters_resampled
    inner join clusters
        on
            clusters_resampled.segmentation = clusters.segmentation
            and clusters_resampled.cluster_id = clusters.cluster_id
    left join readings_ranked
        on
            clusters_resampled.segmentation = readings_ranked.segmentation
            and clusters_resampled.cluster_id = readings_ranked.cluster_id
            and readings_ranked.reading_rank = 1
)

select * from clusters_read
