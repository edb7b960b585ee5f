-- An explanation is only true when its parts make up what the label was decided by.
{% for segmentation in segmentations() -%}
select
    '{{ segmentation }}' as segmentation,
    scores.member_id,
    drivers.lead_square
from {{ ref(segmentation ~ '_scores') }} as scores
inner join {{ ref(segmentation ~ '_drivers') }} as drivers using (member_id)
where
    abs(
        power(scores.runner_up_distance, 2) - power(scores.distance_to_centroid, 2)
        - drivers.lead_square
    ) > 1e-9 * greatest(1, power(scores.runner_up_distance, 2))
{{ 'union all' if not loop.last }}
{% endfor %}
