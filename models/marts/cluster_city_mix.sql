select
    cluster_id,
    segment_key,
    dimension_value as city_name,
    member_count as enterprise_count,
    cluster_share,
    population_share,
    lift,
    is_distinctive,
    value_rank as city_rank
from {{ ref('cluster_mix') }}
where segmentation = 'visibility' and dimension = 'city_name'
