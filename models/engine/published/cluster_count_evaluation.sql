{%- set columns = [
    'segmentation', 'evaluated_at', 'cluster_count', 'sample_count', 'inertia',
    'silhouette', 'null_silhouette', 'highest_null_silhouette', 'davies_bouldin',
    'calinski_harabasz', 'smallest_cluster_size', 'stability_ari',
] -%}

with figures as (
    select *
    from {{ ref('evaluation_figures') }}
    where section = 'cluster_count'
),

current_fits as (
    select * from {{ ref('current_fits') }}
),

verdict_texts as (
    select * from {{ ref('cluster_count_verdicts') }}
),

conditions as (
    {%- for segmentation, entry in segmentations().items() %}
    select
        '{{ segmentation }}' as segmentation,
        {{ entry.n_clusters }} as selected_count,
        {{ entry.minimum_stability_ari }} as minimum_stability_ari,
        {{ entry.minimum_cluster_size }} as minimum_cluster_size
    {%- if not loop.last %}
    union all
    {%- endif %}
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
        {{ figure('null_silhouette') }} as null_silhouette,
        {{ figure('highest_null_silhouette') }} as highest_null_silhouette,
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
        {% for column in columns -%}
        counts_measured.{{ column }},
        {% endfor -%}
        counts_measured.silhouette - counts_measured.null_silhouette
            as silhouette_above_null,
        counts_measured.cluster_count = conditions.selected_count as is_selected,
        case
            when
                counts_measured.silhouette is null
                or counts_measured.highest_null_silhouette is null
                or counts_measured.stability_ari is null
                then 'not_evaluable'
            when counts_measured.silhouette <= counts_measured.highest_null_silhouette
                then 'not_above_chance'
            when counts_measured.stability_ari < conditions.minimum_stability_ari
                then 'unstable'
            -- Of a sample a cluster is a part, too.
            when
                counts_measured.smallest_cluster_size * current_fits.member_count
                < conditions.minimum_cluster_size * counts_measured.sample_count
                then 'cluster_too_small'
            else 'passed'
        end as condition_result
    from counts_measured
    inner join current_fits on counts_measured.segmentation = current_fits.segmentation
    inner join conditions on counts_measured.segmentation = conditions.segmentation
),

verdicts_reached as (
    select
        {{ columns | join(',\n        ') }},
        silhouette_above_null,
        is_selected,
        case
            when condition_result <> 'passed' then condition_result
            when
                row_number() over (
                    partition by segmentation, condition_result
                    order by silhouette_above_null desc, cluster_count asc
                ) = 1
                then 'advised'
            else 'less_clear'
        end as verdict
    from conditions_checked
),

verdicts_explained as (
    select
        verdicts_reached.segmentation,
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
        verdicts_reached.is_selected,
        verdicts_reached.verdict = 'advised' as is_advised,
        verdicts_reached.verdict,
        verdict_texts.description_{{ var('language') }} as verdict_description,
        verdicts_reached.evaluated_at
    from verdicts_reached
    left join verdict_texts on verdicts_reached.verdict = verdict_texts.verdict
)

select * from verdicts_explained
