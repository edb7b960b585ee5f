with members_valued as (
    {%- for segmentation in segmentations() %}
    {%- set is_last = loop.last %}
    {%- set recipe = active_recipe(segmentation) %}
    {%- for name in recipe.numeric_features + recipe.categorical_features %}
    {%- set is_numeric = loop.index0 < recipe.numeric_features | length %}
    select
        '{{ segmentation }}' as segmentation,
        scores.cluster_id,
        {{ loop.index }} as feature_position,
        '{{ name }}' as feature_name,
        {{ is_numeric | lower }} as is_numeric,
        {% if is_numeric -%}
        {{ known_number('features.' ~ name) }} as feature_value,
        cast(null as string) as feature_level
        {%- else -%}
        cast(null as double) as feature_value,
        cast(features.{{ name }} as string) as feature_level
        {%- endif %}
    from {{ ref(recipe.features) }} as features
    inner join {{ ref(segmentation ~ '_scores') }} as scores
        on cast(features.{{ recipe.key }} as string) = scores.member_id
    {{ 'union all' if not (loop.last and is_last) }}
    {%- endfor %}
    {%- endfor %}
),

clusters_summarised as (
    select
        segmentation,
        cluster_id,
        feature_position,
        feature_name,
        is_numeric,
        count(*) as member_count,
        (count(feature_value) + count(feature_level)) / count(*) as known_share,
        {{ in_order('avg', 'feature_value') }} as mean_value
    from members_valued
    group by segmentation, cluster_id, feature_position, feature_name, is_numeric
),

population_summarised as (
    select
        segmentation,
        feature_name,
        count(*) as member_count,
        {{ in_order('avg', 'feature_value') }} as mean_value,
        {{ in_order('stddev_pop', 'feature_value') }} as standard_deviation
    from members_valued
    group by segmentation, feature_name
),

levels_counted as (
    select
        segmentation,
        cluster_id,
        feature_name,
        feature_level,
        count(*) as member_count
    from members_valued
    where feature_level is not null
    group by segmentation, cluster_id, feature_name, feature_level
),

population_shares as (
    select
        levels_counted.segmentation,
        levels_counted.feature_name,
        levels_counted.feature_level,
        cast(sum(levels_counted.member_count) as bigint) as value_total,
        max(population_summarised.member_count) as population_total,
        sum(levels_counted.member_count) / max(population_summarised.member_count)
            as level_share
    from levels_counted
    inner join population_summarised using (segmentation, feature_name)
    group by
        levels_counted.segmentation,
        levels_counted.feature_name,
        levels_counted.feature_level
),

-- A level that a cluster lacks distinguishes it too, with a share of 0.
feature_means as (
    select
        clusters_summarised.segmentation,
        clusters_summarised.cluster_id,
        clusters_summarised.feature_position,
        clusters_summarised.feature_name,
        cast(null as string) as feature_level,
        cast(null as bigint) as member_count,
        cast(null as bigint) as cluster_total,
        cast(null as bigint) as value_total,
        cast(null as bigint) as population_total,
        clusters_summarised.mean_value as cluster_mean,
        population_summarised.mean_value as population_mean,
        population_summarised.standard_deviation as population_standard_deviation,
        clusters_summarised.known_share
    from clusters_summarised
    inner join population_summarised using (segmentation, feature_name)
    where clusters_summarised.is_numeric
    union all
    select
        clusters_summarised.segmentation,
        clusters_summarised.cluster_id,
        clusters_summarised.feature_position,
        clusters_summarised.feature_name,
        population_shares.feature_level,
        coalesce(levels_counted.member_count, 0) as member_count,
        clusters_summarised.member_count as cluster_total,
        population_shares.value_total,
        population_shares.population_total,
        coalesce(levels_counted.member_count, 0) / clusters_summarised.member_count
            as cluster_mean,
        population_shares.level_share as population_mean,
        sqrt(population_shares.level_share * (1 - population_shares.level_share))
            as population_standard_deviation,
        clusters_summarised.known_share
    from clusters_summarised
    inner join population_shares using (segmentation, feature_name)
    left join levels_counted
        using (segmentation, cluster_id, feature_name, feature_level)
)

select * from feature_means
