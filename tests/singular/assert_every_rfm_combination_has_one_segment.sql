{{ config(enabled=('purchases' in var('segmentations'))) }}

-- An account whose scores no line of the seed names would be in no mart, and one that
-- two lines name would be there twice.
with scores as (
    {% for score in range(1, 6) -%}
    select {{ score }} as score
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    recency.score as recency_score,
    frequency.score as frequency_score,
    monetary.score as monetary_score,
    count(segments.rfm_segment_key) as segment_count,
    min(segments.rfm_segment_key) as first_segment_key,
    max(segments.rfm_segment_key) as last_segment_key
from scores as recency
cross join scores as frequency
cross join scores as monetary
left join {{ ref('rfm_segments') }} as segments
    on
        recency.score between segments.recency_from and segments.recency_to
        and frequency.score between segments.frequency_from and segments.frequency_to
        and monetary.score between segments.monetary_from and segments.monetary_to
group by recency.score, frequency.score, monetary.score
having count(segments.rfm_segment_key) <> 1
