with figures as (
    select *
    from {{ ref('evaluation_figures') }}
    where section = 'stability'
),

clusters as (
    select * from {{ ref('clusters_named') }}
),

readings as (
    select *
    from {{ ref('evaluation_readings') }}
    where section = 'stability'
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

-- Of a handful there are so few samples that whatever comes out of them says little.
highest_readings as (
    select
        clusters_resampled.segmentation,
        clusters_resampled.cluster_id,
        max_by(readings.reading, coalesce(readings.minimum_value, 0)) as reading,
        max_by(
            readings.description_{{ var('language') }},
            coalesce(readings.minimum_value, 0)
        ) as reading_description
    from clusters_resampled
    inner join readings
        on
            case
                when
                    clusters_resampled.sample_count
                    < {{ own_setting('minimum_cluster_size') }}
                    then readings.minimum_value is null
                else clusters_resampled.mean_jaccard >= readings.minimum_value
            end
    where clusters_resampled.mean_jaccard is not null
    group by clusters_resampled.segmentation, clusters_resampled.cluster_id
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
        highest_readings.reading,
        highest_readings.reading_description,
        clusters_resampled.evaluated_at
    from clusters_resampled
    inner join clusters using (segmentation, cluster_id)
    left join highest_readings using (segmentation, cluster_id)
)

select * from clusters_read
