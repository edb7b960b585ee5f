-- Labels run from 0 to n_clusters - 1; a gap means that a cluster of the fit attracted
-- nobody, and its segment would vanish without a word.
with numbers as (
    select
        count(distinct cluster_id) as cluster_count,
        min(cluster_id) as first_cluster,
        max(cluster_id) as last_cluster
    from {{ ref('enterprise_clusters') }}
),

fit as (
    select count(distinct cluster_id) as fitted_cluster_count
    from {{ ref('kmeans_model') }}
)

select
    numbers.cluster_count,
    numbers.first_cluster,
    numbers.last_cluster,
    fit.fitted_cluster_count
from numbers
cross join fit
where
    fit.fitted_cluster_count > 0
    and (
        numbers.cluster_count <> fit.fitted_cluster_count
        or numbers.first_cluster <> 0
        or numbers.last_cluster <> fit.fitted_cluster_count - 1
    )
