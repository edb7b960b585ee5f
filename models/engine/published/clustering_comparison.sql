-- What a recipe must be ahead by, so that a hair decides nothing.
{%- set lead = 0.05 %}
{%- set is_better_high_by_figure = {
    'stability_ari': true, 'silhouette_above_null': true, 'top_driver_share': true,
    'moved_by_one_share': false,
} %}
with figures as (
    select *
    from {{ ref('evaluation_figures') }}
    where section = 'approach'
),

approach_texts as (
    select *
    from {{ ref('evaluation_readings') }}
    where section = 'approach'
),

verdict_texts as (
    select *
    from {{ ref('evaluation_readings') }}
    where section = 'recipe'
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
        {{ figure('stability_ari') }} as stability_ari,
        {{ figure('silhouette_above_null') }} as silhouette_above_null,
        {{ figure('top_driver_share') }} as top_driver_share,
        {{ figure('moved_by_one_share') }} as moved_by_one_share,
        figures.evaluated_at
    from figures
    left join approach_texts on figures.subject = approach_texts.reading
    group by
        figures.segmentation,
        figures.subject,
        figures.evaluated_at,
        approach_texts.description_{{ var('language') }}
),

-- A figure that is missing is nobody's point.
recipes_compared as (
    select
        recipes.segmentation,
        recipes.approach,
        0
        {%- for figure, is_better_high in is_better_high_by_figure.items() %}
        {%- set one = 'recipes' if is_better_high else 'rivals' %}
        {%- set other = 'rivals' if is_better_high else 'recipes' %}
        + case
            when {{ one }}.{{ figure }} > {{ other }}.{{ figure }} + {{ lead }} then 1
            else 0
        end
        {%- endfor %} as won_count
    from approaches_measured as recipes
    inner join approaches_measured as rivals
        on
            recipes.segmentation = rivals.segmentation
            and recipes.approach <> rivals.approach
    where
        recipes.top_driver_share is not null
        and rivals.top_driver_share is not null
),

verdicts_reached as (
    select
        recipes.segmentation,
        recipes.approach,
        recipes.won_count > rivals.won_count as is_favoured,
        greatest(recipes.won_count, rivals.won_count) as most_won,
        least(recipes.won_count, rivals.won_count) as least_won,
        case
            when recipes.won_count > rivals.won_count then recipes.approach
            when recipes.won_count < rivals.won_count then rivals.approach
            else 'neither'
        end as verdict
    from recipes_compared as recipes
    inner join recipes_compared as rivals
        on
            recipes.segmentation = rivals.segmentation
            and recipes.approach <> rivals.approach
),

approaches_judged as (
    select
        approaches_measured.segmentation,
        approaches_measured.approach,
        approaches_measured.approach_description,
        approaches_measured.is_active,
        approaches_measured.member_count,
        approaches_measured.cluster_count,
        approaches_measured.cluster_sizes,
        approaches_measured.smallest_cluster_size,
        approaches_measured.silhouette,
        approaches_measured.silhouette_in_active_space,
        approaches_measured.noise_share,
        approaches_measured.ari_to_active,
        approaches_measured.stability_ari,
        approaches_measured.silhouette_above_null,
        approaches_measured.top_driver_share,
        approaches_measured.moved_by_one_share,
        verdicts_reached.is_favoured,
        replace(
            replace(
                verdict_texts.description_{{ var('language') }},
                '{won}',
                cast(verdicts_reached.most_won as {{ dbt.type_string() }})
            ),
            '{lost}',
            cast(verdicts_reached.least_won as {{ dbt.type_string() }})
        ) as recipe_verdict,
        approaches_measured.evaluated_at
    from approaches_measured
    left join verdicts_reached using (segmentation, approach)
    left join verdict_texts on verdicts_reached.verdict = verdict_texts.reading
)

select * from approaches_judged
