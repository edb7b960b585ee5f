with figures as (
    select *
    from {{ ref('evaluation_figures') }}
    where section = 'approach'
),

approach_texts as (
    select * from {{ ref('clustering_approaches') }}
),

approaches_measured as (
    select
        segmentation,
        evaluated_at,
        subject as approach,
        {{ figure('is_active') }} = 1 as is_active,
        cast({{ figure('member_count') }} as bigint) as member_count,
        cast({{ figure('cluster_count') }} as integer) as cluster_count,
        max(text_value) filter (where figure = 'cluster_sizes') as cluster_sizes,
        cast({{ figure('smallest_cluster_size') }} as bigint) as smallest_cluster_size,
        {{ figure('silhouette') }} as silhouette,
        {{ figure('silhouette_in_active_space') }} as silhouette_in_active_space,
        {{ figure('noise_share') }} as noise_share,
        {{ figure('ari_to_active') }} as ari_to_active
    from figures
    group by segmentation, evaluated_at, subject
),

approaches_described as (
    select
        approaches_measured.segmentation,
        approaches_measured.approach,
        approach_texts.description_{{ var('language') }} as approach_description,
        approaches_measured.is_active,
        approaches_measured.member_count,
        approaches_measured.cluster_count,
        approaches_measured.cluster_sizes,
        approaches_measured.smallest_cluster_size,
        approaches_measured.silhouette,
        approaches_measured.silhouette_in_active_space,
        approaches_measured.noise_share,
        approaches_measured.ari_to_active,
        approaches_measured.evaluated_at
    from approaches_measured
    left join approach_texts using (approach)
)

select * from approaches_described
