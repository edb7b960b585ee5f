-- Shares that do not sum to 1 mean that a category, a city or a cluster was lost.
with sums as (
    select
        'cluster_profiles' as mart,
        0 as cluster_id,
        sum(enterprise_share) as share_sum
    from {{ ref('cluster_profiles') }}
    union all
    select
        'cluster_category_mix' as mart,
        cluster_id,
        sum(cluster_share) as share_sum
    from {{ ref('cluster_category_mix') }}
    group by cluster_id
    union all
    select
        'cluster_city_mix' as mart,
        cluster_id,
        sum(cluster_share) as share_sum
    from {{ ref('cluster_city_mix') }}
    group by cluster_id
)

select
    mart,
    cluster_id,
    share_sum
from sums
where abs(share_sum - 1) > 1e-9
