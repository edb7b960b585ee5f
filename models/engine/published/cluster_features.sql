with feature_means as (
    select * from {{ ref('feature_means') }}
),

clusters as (
    select * from {{ ref('clusters_named') }}
),

{{ chances_of('feature_means') }},

differences_standardised as (
    select
        feature_means.segmentation,
        feature_means.cluster_id,
        clusters.segment_key,
        feature_means.feature_position,
        feature_means.feature_name,
        feature_means.feature_level,
        feature_means.cluster_mean,
        feature_means.population_mean,
        feature_means.population_standard_deviation,
        (feature_means.cluster_mean - feature_means.population_mean)
        / nullif(feature_means.population_standard_deviation, 0)
            as standardised_difference,
        feature_means.cluster_mean / nullif(feature_means.population_mean, 0) as lift,
        case
            when feature_means.feature_level is not null
                then coalesce(
                    chances.chance <= {{ own_setting('distinctive_chance') }}, false
                )
        end as is_distinctive,
        feature_means.known_share
    from feature_means
    inner join clusters using (segmentation, cluster_id)
    left join chances using (member_count, cluster_total, value_total, population_total)
),

features_ranked as (
    select
        segmentation,
        cluster_id,
        segment_key,
        feature_name,
        feature_level,
        cluster_mean,
        population_mean,
        population_standard_deviation,
        standardised_difference,
        lift,
        is_distinctive,
        known_share,
        cast(row_number() over (
            partition by segmentation, cluster_id
            order by
                abs(standardised_difference) desc nulls last,
                feature_position asc,
                feature_level asc
        ) as bigint) as distinction_rank
    from differences_standardised
)

select * from features_ranked
