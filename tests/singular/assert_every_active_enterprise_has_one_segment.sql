-- A client without a segment would silently get no recommendation, and one with two
-- would be counted twice.
select
    features.enterprise_id,
    count(segments.enterprise_id) as segment_count
from {{ ref('enterprise_features') }} as features
full outer join {{ ref('enterprise_segments') }} as segments
    on features.enterprise_id = segments.enterprise_id
group by features.enterprise_id
having features.enterprise_id is null or count(segments.enterprise_id) <> 1
