with cluster_count_fits as (
    select * from {{ ref('cluster_count_fits') }}
),

features as (
    select * from {{ ref('enterprise_features') }}
),

verdict_texts as (
    select * from {{ ref('cluster_count_verdicts') }}
),

enterprises_counted as (
    select count(*) as enterprise_count
    from features
),

-- The first condition that a number of clusters does not meet speaks for all.
conditions_checked as (
    select
        cluster_count_fits.cluster_count,
        cluster_count_fits.sample_count,
        cluster_count_fits.inertia,
        cluster_count_fits.silhouette,
        cluster_count_fits.null_silhouette,
        cluster_count_fits.highest_null_silhouette,
        cluster_count_fits.davies_bouldin,
        cluster_count_fits.calinski_harabasz,
        cluster_count_fits.smallest_cluster_size,
        cluster_count_fits.stability_ari,
        cluster_count_fits.silhouette - cluster_count_fits.null_silhouette
            as silhouette_above_null,
        case
            when
                cluster_count_fits.silhouette is null
                or cluster_count_fits.highest_null_silhouette is null
                or cluster_count_fits.stability_ari is null
                then 'not_evaluable'
            when
                cluster_count_fits.silhouette
                <= cluster_count_fits.highest_null_silhouette
                then 'not_above_chance'
            when
                cluster_count_fits.stability_ari < {{ var('minimum_stability_ari') }}
                then 'unstable'
            -- Of a sample a cluster is a part, too.
            when
                cluster_count_fits.smallest_cluster_size
                * enterprises_counted.enterprise_count
                < {{ var('minimum_cluster_size') }} * cluster_count_fits.sample_count
                then 'cluster_too_small'
            else 'passed'
        end as condition_result
    from cluster_count_fits
    cross join enterprises_counted
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
