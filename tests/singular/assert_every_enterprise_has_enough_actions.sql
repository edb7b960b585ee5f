{#- A segment is adopted by one line in the seed, and its actions may follow. -#}
{{ config(severity='warn') }}

-- An account manager who opens a client must find something to choose from.
select
    segments.enterprise_id,
    segments.segment_key,
    count(recommendations.recommendation_id) as action_count
from {{ ref('enterprise_segments') }} as segments
left join {{ ref('enterprise_recommendations') }} as recommendations
    using (enterprise_id)
group by segments.enterprise_id, segments.segment_key
having count(recommendations.recommendation_id) < {{ var('minimum_actions') }}
