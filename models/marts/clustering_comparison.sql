with approach_fits as (
    select * from {{ ref('approach_fits') }}
),

approach_texts as (
    select * from {{ ref('clustering_approaches') }}
),

approaches_described as (
    select
        approach_fits.approach,
        approach_texts.description_{{ var('language') }} as approach_description,
        approach_fits.is_active,
        approach_fits.enterprise_count,
        approach_fits.cluster_count,
        approach_fits.cluster_sizes,
        approach_fits.smallest_cluster_size,
        approach_fits.silhouette,
        approach_fits.silhouette_in_active_space,
        approach_fits.noise_share,
        approach_fits.ari_to_active
    from approach_fits
    left join approach_texts on approach_fits.approach = approach_texts.approach
)

select * from approaches_described
