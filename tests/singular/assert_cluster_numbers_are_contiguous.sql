-- Centroids are numbered from 0 to the number of clusters less one: a gap would mean
-- that a segment vanished without a word.
select
    segmentation,
    count(distinct cluster_id) as cluster_count,
    min(cluster_id) as first_cluster,
    max(cluster_id) as last_cluster
from {{ ref('fit_rows') }}
where section = 'model' and parameter = 'centroid'
group by segmentation
having
    min(cluster_id) <> 0 or max(cluster_id) <> count(distinct cluster_id) - 1
