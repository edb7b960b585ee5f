{#- A segment is adopted by one line in the seed, and its actions may follow. -#}
{{ config(severity='warn') }}

-- An account manager who opens a client of a named segment must find something to
-- propose; only a segment that nobody has named yet may have nothing.
select
    segments.enterprise_id,
    segments.segment_key
from {{ ref('enterprise_segments') }} as segments
inner join {{ ref('cluster_profiles') }} as profiles using (segment_key)
left join {{ ref('enterprise_recommendations') }} as recommendations
    using (enterprise_id)
where profiles.is_named_segment and recommendations.enterprise_id is null
