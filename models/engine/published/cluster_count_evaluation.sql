-- What noise does not reach and groups do: benchmarks/cluster_count_advice.md.
{%- set margin = 0.05 %}
with figures as (
    select *
    from {{ ref('evaluation_figures') }}
    where section = 'cluster_count'
),

current_fits as (
    select * from {{ ref('current_fits') }}
),

verdict_texts as (
    select *
    from {{ ref('evaluation_readings') }}
    where section = 'cluster_count'
),

conditions as (
    {%- for segmentation, entry in segmentations().items() %}
    select
        '{{ segmentation }}' as segmentation,
        {{ entry.n_clusters }} as selected_count,
        {{ entry.minimum_stability_ari }} as minimum_stability_ari,
        {{ entry.minimum_cluster_size }} as minimum_cluster_size
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counts_measured as (
    select
        segmentation,
        evaluated_at,
        cast(subject as integer) as cluster_count,
        cast({{ figure('sample_count') }} as bigint) as sample_count,
        {{ figure('inertia') }} as inertia,
        {{ figure('silhouette') }} as silhouette,
        cast({{ figure('giant_count') }} as bigint) as giant_count,
        {{ figure('silhouette_without_giants') }} as silhouette_without_giants,
        cast({{ figure('smallest_size_without_giants') }} as bigint)
            as smallest_size_without_giants,
        {{ figure('null_silhouette') }} as null_silhouette,
        {{ figure('highest_null_silhouette') }} as highest_null_silhouette,
        {{ figure('gap') }} as gap,
        {{ figure('gap_error') }} as gap_error,
        {{ figure('mixture_bic') }} as mixture_bic,
        {{ figure('davies_bouldin') }} as davies_bouldin,
        {{ figure('calinski_harabasz') }} as calinski_harabasz,
        cast({{ figure('smallest_cluster_size') }} as bigint) as smallest_cluster_size,
        {{ figure('stability_ari') }} as stability_ari
    from figures
    group by segmentation, evaluated_at, subject
),

-- The first condition that a number of clusters does not meet speaks for all.
conditions_checked as (
    select
        counts_measured.segmentation,
        counts_measured.cluster_count,
        counts_measured.silhouette_without_giants - counts_measured.null_silhouette
            as silhouette_above_null,
        counts_measured.cluster_count = conditions.selected_count as is_selected,
        case
            when
                counts_measured.silhouette_without_giants is null
                or counts_measured.highest_null_silhouette is null
                or counts_measured.stability_ari is null
                then 'not_evaluable'
            when
                counts_measured.silhouette_without_giants
                <= counts_measured.highest_null_silhouette + {{ margin }}
                then 'not_above_chance'
            when counts_measured.stability_ari < conditions.minimum_stability_ari
                then 'unstable'
            -- Of a sample a cluster is a part, too.
            when
                counts_measured.smallest_size_without_giants * current_fits.member_count
                < conditions.minimum_cluster_size * counts_measured.sample_count
                then 'cluster_too_small'
            else 'passed'
        end as condition_result
    from counts_measured
    inner join current_fits using (segmentation)
    inner join conditions using (segmentation)
),

counts_ranked as (
    select
        segmentation,
        cluster_count,
        silhouette_above_null,
        is_selected,
        condition_result,
        row_number() over (
            partition by
                segmentation, condition_result in ('not_evaluable', 'not_above_chance')
            order by silhouette_above_null desc, cluster_count asc
        ) as clearness_rank
    from conditions_checked
),

-- The clearest number is advised or none is: what the next one shows are its remains.
verdicts_reached as (
    select
        segmentation,
        cluster_count,
        silhouette_above_null,
        is_selected,
        case
            when condition_result in ('not_evaluable', 'not_above_chance')
                then condition_result
            when clearness_rank = 1 and condition_result = 'passed' then 'advised'
            when clearness_rank = 1 then 'undecidable'
            when condition_result = 'passed' then 'less_clear'
            else condition_result
        end as verdict
    from counts_ranked
),

verdicts_explained as (
    select
        counts_measured.segmentation,
        counts_measured.cluster_count,
        counts_measured.sample_count,
        counts_measured.inertia,
        counts_measured.silhouette,
        counts_measured.null_silhouette,
        counts_measured.highest_null_silhouette,
        verdicts_reached.silhouette_above_null,
        counts_measured.davies_bouldin,
        counts_measured.calinski_harabasz,
        counts_measured.smallest_cluster_size,
        counts_measured.stability_ari,
        counts_measured.giant_count,
        counts_measured.silhouette_without_giants,
        counts_measured.smallest_size_without_giants,
        counts_measured.gap,
        counts_measured.gap_error,
        counts_measured.mixture_bic,
        verdicts_reached.is_selected,
        verdicts_reached.verdict = 'advised' as is_advised,
        verdicts_reached.verdict,
        verdict_texts.description_{{ var('language') }} as verdict_description,
        counts_measured.evaluated_at
    from counts_measured
    inner join verdicts_reached using (segmentation, cluster_count)
    left join verdict_texts on verdicts_reached.verdict = verdict_texts.reading
)

select * from verdicts_explained
