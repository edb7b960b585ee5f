with cluster_resamplings as (
    select * from {{ ref('cluster_resamplings') }}
),

cluster_names as (
    select * from {{ ref('int_clusters_named') }}
),

readings as (
    select * from {{ ref('stability_readings') }}
),

readings_ranked as (
    select
        cluster_resamplings.cluster_id,
        readings.reading,
        readings.description_{{ var('language') }} as reading_description,
        row_number() over (
            partition by cluster_resamplings.cluster_id
            order by readings.minimum_mean_jaccard desc
        ) as reading_rank
    from cluster_resamplings
    inner join readings
        on cluster_resamplings.mean_jaccard >= readings.minimum_mean_jaccard
),

clusters_read as (
    select
        cluster_resamplings.cluster_id,
        cluster_names.segment_key,
        cluster_names.segment_name,
        cluster_resamplings.sample_count,
        cluster_resamplings.mean_jaccard,
        cluster_resamplings.dissolved_share,
        cluster_resamplings.recovered_share,
        cluster_resamplings.bootstrap_count,
        readings_ranked.reading,
        readings_ranked.reading_description
    from cluster_resamplings
    inner join cluster_names
        on cluster_resamplings.cluster_id = cluster_names.cluster_id
    left join readings_ranked
        on
            cluster_resamplings.cluster_id = readings_ranked.cluster_id
            and readings_ranked.reading_rank = 1
)

select * from clusters_read
