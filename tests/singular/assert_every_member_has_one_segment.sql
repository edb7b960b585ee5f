-- A client without a segment would silently get no recommendation, and one with two
-- would be counted twice.
{% for segmentation, entry in segmentations().items() -%}
select
    '{{ segmentation }}' as segmentation,
    features.{{ entry.key }} as member_id,
    count(members.{{ entry.key }}) as segment_count
from {{ ref(entry.features) }} as features
full outer join {{ ref(entry.members) }} as members
    on features.{{ entry.key }} = members.{{ entry.key }}
group by features.{{ entry.key }}
having features.{{ entry.key }} is null or count(members.{{ entry.key }}) <> 1
{{ 'union all' if not loop.last }}
{% endfor %}
