-- Centroids are numbered from 0 to n_clusters - 1, and every label is one of them; a
-- gap would mean that a segment vanished without a word.
with centroids as (
    select distinct cluster_id
    from {{ ref('kmeans_model') }}
    where parameter = 'centroid'
),

labels as (
    select distinct cluster_id from {{ ref('enterprise_clusters') }}
),

numbers as (
    select
        count(*) as cluster_count,
        min(cluster_id) as first_cluster,
        max(cluster_id) as last_cluster
    from centroids
),

unknown_labels as (
    select labels.cluster_id
    from labels
    left join centroids on labels.cluster_id = centroids.cluster_id
    where centroids.cluster_id is null
)

select
    'the centroids are not numbered from 0 without a gap' as finding,
    last_cluster as cluster_id
from numbers
where cluster_count > 0 and (first_cluster <> 0 or last_cluster <> cluster_count - 1)
union all
select
    'a label has no centroid' as finding,
    cluster_id
from unknown_labels
