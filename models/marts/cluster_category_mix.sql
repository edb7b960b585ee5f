select
    cluster_id,
    segment_key,
    dimension_value as category_name,
    member_count as enterprise_count,
    cluster_share,
    population_share,
    lift,
    is_distinctive,
    value_rank as category_rank
from {{ ref('cluster_mix') }}
where segmentation = 'visibility' and dimension = 'category_name'
