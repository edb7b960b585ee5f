{%- set numeric_features = active_numeric_features() -%}
{%- set categorical_features = active_categorical_features() -%}

with features as (
    select * from {{ ref('enterprise_features') }}
),

labels as (
    select * from {{ ref('enterprise_clusters') }}
),

clusters as (
    select * from {{ ref('int_clusters_named') }}
),

values_listed as (
    {% for feature_name in numeric_features + categorical_features -%}
    {%- set is_numeric = loop.index <= numeric_features | length -%}
    select
        labels.cluster_id,
        {{ loop.index }} as feature_position,
        '{{ feature_name }}' as feature_name,
        {% if is_numeric -%}
        true as is_numeric,
        {{ known_number('features.' ~ feature_name) }} as feature_value,
        cast(null as varchar) as category
        {%- else -%}
        false as is_numeric,
        cast(null as double) as feature_value,
        cast(features.{{ feature_name }} as varchar) as category
        {%- endif %}
    from features
    inner join labels on features.enterprise_id = labels.enterprise_id
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

clusters_summarised as (
    select
        cluster_id,
        feature_position,
        feature_name,
        is_numeric,
        count(*) as enterprise_count,
        count(feature_value) + count(category) as known_count,
        {{ in_order('avg', 'feature_value') }} as mean_value
    from values_listed
    group by cluster_id, feature_position, feature_name, is_numeric
),

population_summarised as (
    select
        feature_name,
        count(*) as enterprise_count,
        {{ in_order('avg', 'feature_value') }} as mean_value,
        {{ in_order('stddev_pop', 'feature_value') }} as standard_deviation
    from values_listed
    group by feature_name
),

categories_counted as (
    select
        cluster_id,
        feature_name,
        category,
        count(*) as enterprise_count
    from values_listed
    where category is not null
    group by cluster_id, feature_name, category
),

population_shares as (
    select
        categories_counted.feature_name,
        categories_counted.category,
        sum(categories_counted.enterprise_count)
        / max(population_summarised.enterprise_count) as category_share
    from categories_counted
    inner join population_summarised
        on categories_counted.feature_name = population_summarised.feature_name
    group by categories_counted.feature_name, categories_counted.category
),

-- A category that a cluster lacks distinguishes it too, with a share of 0.
features_compared as (
    select
        clusters_summarised.cluster_id,
        clusters_summarised.feature_position,
        clusters_summarised.feature_name,
        cast(null as varchar) as category,
        clusters_summarised.mean_value as cluster_mean,
        population_summarised.mean_value as population_mean,
        population_summarised.standard_deviation as population_standard_deviation,
        clusters_summarised.known_count / clusters_summarised.enterprise_count
            as known_share
    from clusters_summarised
    inner join population_summarised
        on clusters_summarised.feature_name = population_summarised.feature_name
    where clusters_summarised.is_numeric
    union all
    select
        clusters_summarised.cluster_id,
        clusters_summarised.feature_position,
        clusters_summarised.feature_name,
        population_shares.category,
        coalesce(categories_counted.enterprise_count, 0)
        / clusters_summarised.enterprise_count as cluster_mean,
        population_shares.category_share as population_mean,
        sqrt(population_shares.category_share * (1 - population_shares.category_share))
            as population_standard_deviation,
        clusters_summarised.known_count / clusters_summarised.enterprise_count
            as known_share
    from clusters_summarised
    inner join population_shares
        on clusters_summarised.feature_name = population_shares.feature_name
    left join categories_counted
        on
            clusters_summarised.cluster_id = categories_counted.cluster_id
            and population_shares.feature_name = categories_counted.feature_name
            and population_shares.category = categories_counted.category
),

differences_standardised as (
    select
        cluster_id,
        feature_position,
        feature_name,
        category,
        cluster_mean,
        population_mean,
        population_standard_deviation,
        (cluster_mean - population_mean) / nullif(population_standard_deviation, 0)
            as z_score,
        cluster_mean / nullif(population_mean, 0) as lift,
        known_share
    from features_compared
),

features_ranked as (
    select
        differences_standardised.cluster_id,
        clusters.segment_key,
        differences_standardised.feature_name,
        differences_standardised.category,
        differences_standardised.cluster_mean,
        differences_standardised.population_mean,
        differences_standardised.population_standard_deviation,
        differences_standardised.z_score,
        differences_standardised.lift,
        differences_standardised.known_share,
        row_number() over (
            partition by differences_standardised.cluster_id
            order by
                abs(differences_standardised.z_score) desc nulls last,
                differences_standardised.feature_position asc,
                differences_standardised.category asc
        ) as distinction_rank
    from differences_standardised
    inner join clusters
        on differences_standardised.cluster_id = clusters.cluster_id
)

select * from features_ranked
