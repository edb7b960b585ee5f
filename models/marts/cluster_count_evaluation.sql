with cluster_count_fits as (
    select * from {{ ref('cluster_count_fits') }}
),

verdict_texts as (
    select * from {{ ref('cluster_count_verdicts') }}
),

-- The first condition that a number of clusters does not meet speaks for all.
conditions_checked as (
    select
        cluster_count,
        sample_count,
        inertia,
        silhouette,
        null_silhouette,
        highest_null_silhouette,
        davies_bouldin,
        calinski_harabasz,
        smallest_cluster_size,
        stability_ari,
        silhouette - null_silhouette as silhouette_above_null,
        case
            when
                silhouette is null
                or highest_null_silhouette is null
                or stability_ari is null
                then 'not_evaluable'
            when silhouette <= highest_null_silhouette then 'not_above_chance'
            when stability_ari < {{ var('minimum_stability_ari') }} then 'unstable'
            when smallest_cluster_size < {{ var('minimum_cluster_size') }}
                then 'cluster_too_small'
            else 'passed'
        end as condition_result
    from cluster_count_fits
),

passed_ranked as (
    select
        cluster_count,
        sample_count,
        inertia,
        silhouette,
        null_silhouette,
        highest_null_silhouette,
        davies_bouldin,
        calinski_harabasz,
        smallest_cluster_size,
        stability_ari,
        silhouette_above_null,
        condition_result,
        row_number() over (
            partition by condition_result
            order by silhouette_above_null desc, cluster_count asc
        ) as result_rank
    from conditions_checked
),

verdicts_reached as (
    select
        cluster_count,
        sample_count,
        inertia,
        silhouette,
        null_silhouette,
        highest_null_silhouette,
        silhouette_above_null,
        davies_bouldin,
        calinski_harabasz,
        smallest_cluster_size,
        stability_ari,
        case
            when condition_result <> 'passed' then condition_result
            when result_rank = 1 then 'advised'
            else 'less_clear'
        end as verdict
    from passed_ranked
),

verdicts_explained as (
    select
        verdicts_reached.cluster_count,
        verdicts_reached.sample_count,
        verdicts_reached.inertia,
        verdicts_reached.silhouette,
        verdicts_reached.null_silhouette,
        verdicts_reached.highest_null_silhouette,
        verdicts_reached.silhouette_above_null,
        verdicts_reached.davies_bouldin,
        verdicts_reached.calinski_harabasz,
        verdicts_reached.smallest_cluster_size,
        verdicts_reached.stability_ari,
        verdicts_reached.cluster_count = {{ var('n_clusters') }} as is_selected,
        verdicts_reached.verdict = 'advised' as is_advised,
        verdicts_reached.verdict,
        verdict_texts.description_{{ var('language') }} as verdict_description
    from verdicts_reached
    left join verdict_texts on verdicts_reached.verdict = verdict_texts.verdict
)

select * from verdicts_explained
