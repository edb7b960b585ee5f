{%- set counted = ['total', 'facebook', 'instagram', 'tiktok', 'other'] -%}

with features as (
    select * from {{ ref('enterprise_features') }}
),

labels as (
    select * from {{ ref('enterprise_clusters') }}
),

model_rows as (
    select * from {{ ref('kmeans_model') }}
),

clusters_of_model as (
    select distinct cluster_id
    from model_rows
    where parameter = 'centroid'
),

enterprises_labelled as (
    select
        labels.cluster_id,
        features.enterprise_id,
        {% for part in counted -%}
        features.followers_{{ part }},
        {% endfor -%}
        features.turnover_eur
    from labels
    inner join features on labels.enterprise_id = features.enterprise_id
),

-- Nobody may be left near a centroid of a model that is kept: a count of 0.
clusters_summarised as (
    select
        clusters_of_model.cluster_id,
        count(enterprises_labelled.enterprise_id) as enterprise_count,
        {% for part in counted -%}
        avg(enterprises_labelled.followers_{{ part }}) as mean_followers_{{ part }},
        median(enterprises_labelled.followers_{{ part }})
            as median_followers_{{ part }},
        {% endfor -%}
        count(enterprises_labelled.followers_total)
        / nullif(count(enterprises_labelled.enterprise_id), 0)
            as followers_total_known_share,
        avg(enterprises_labelled.turnover_eur) as mean_turnover_eur,
        cast(median(enterprises_labelled.turnover_eur) as double)
            as median_turnover_eur,
        count(enterprises_labelled.turnover_eur)
        / nullif(count(enterprises_labelled.enterprise_id), 0) as turnover_known_share
    from clusters_of_model
    left join enterprises_labelled
        on clusters_of_model.cluster_id = enterprises_labelled.cluster_id
    group by clusters_of_model.cluster_id
)

select * from clusters_summarised
