{%- set peers = {
    'category': ['category_name'],
    'city': ['city_name'],
    'category_and_city': ['category_name', 'city_name'],
} -%}
{%- set measures = {
    'followers': 'followers_total',
    'growth': 'follower_growth_per_30_days',
} -%}

-- Equal values share the better rank; who has none has no rank and is not counted.
select
    {% for peer, columns in peers.items() -%}
    {% set are_known = columns | join(' is not null and ') ~ ' is not null' -%}
    {% set of_peers = 'partition by ' ~ columns | join(', ') -%}
    {% for name, measure in measures.items() -%}
    case
        when {{ are_known }} and {{ measure }} is not null
            then cast(
                rank() over (
                    {{ of_peers }} order by {{ measure }} desc nulls last
                ) as bigint
            )
    end as {{ name }}_rank_in_{{ peer }},
    case when {{ are_known }} then count({{ measure }}) over ({{ of_peers }}) end
        as {{ name }}_ranked_in_{{ peer }},
    {% endfor -%}
    {% endfor -%}
    enterprise_id
from {{ ref('enterprise_features') }} as features
