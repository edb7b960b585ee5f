{%- set counted = ['total', 'facebook', 'instagram', 'tiktok', 'other'] -%}

with features as (
    select * from {{ ref('enterprise_features') }}
),

labels as (
    select * from {{ ref('enterprise_clusters') }}
),

clusters_summarised as (
    select
        labels.cluster_id,
        count(*) as enterprise_count,
        {% for part in counted -%}
        avg(features.followers_{{ part }}) as mean_followers_{{ part }},
        median(features.followers_{{ part }}) as median_followers_{{ part }},
        {% endfor -%}
        avg(case when features.followers_total is not null then 1.0 else 0.0 end)
            as followers_total_known_share,
        avg(features.turnover_eur) as mean_turnover_eur,
        cast(median(features.turnover_eur) as double) as median_turnover_eur,
        avg(case when features.turnover_eur is not null then 1.0 else 0.0 end)
            as turnover_known_share
    from features
    inner join labels on features.enterprise_id = labels.enterprise_id
    group by labels.cluster_id
)

select * from clusters_summarised
