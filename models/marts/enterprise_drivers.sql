select
    member_id as enterprise_id,
    cast(driver_rank as bigint) as driver_rank,
    feature_name,
    feature_value,
    feature_level as category_value,
    segment_mean,
    runner_up_mean,
    contribution,
    contribution_share
from {{ ref('visibility_drivers') }}
