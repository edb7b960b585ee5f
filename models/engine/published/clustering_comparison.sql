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
        figures.segmentation,
        figures.subject as approach,
        approach_texts.description_{{ var('language') }} as approach_description,
        {{ figure('is_active') }} = 1 as is_active,
        cast({{ figure('member_count') }} as bigint) as member_count,
        cast({{ figure('cluster_count') }} as integer) as cluster_count,
        max(figures.text_value) filter (where figures.figure = 'cluster_sizes')
            as cluster_sizes,
        cast({{ figure('smallest_cluster_size') }} as bigint) as smallest_cluster_size,
        {{ figure('silhouette') }} as silhouette,
        {{ figure('silhouette_in_active_space') }} as silhouette_in_active_space,
        {{ figure('noise_share') }} as noise_share,
        {{ figure('ari_to_active') }} as ari_to_active,
        figures.evaluated_at
    from figures
    left join approach_texts on figures.subject = approach_texts.approach
    group by
        figures.segmentation,
        figures.subject,
        figures.evaluated_at,
        approach_texts.description_{{ var('language') }}
)

select * from approaches_measured
