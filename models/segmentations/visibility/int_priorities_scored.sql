{%- set components = [
    'near_better_segment', 'growing_or_falling', 'not_contacted', 'turnover'
] -%}
{%- set columns = ['weight', 'limit_value', 'told_from', 'reason_fr', 'reason_en'] -%}
{%- set languages = ['fr', 'en'] -%}
{#- A French semicolon follows a narrow no-break space. -#}
{%- set separators = {'fr': '\u202f; ', 'en': '; '} -%}
{%- set growth = 'features.follower_growth_per_30_days' -%}

with features as (
    select * from {{ ref('enterprise_features') }}
),

scores as (
    select * from {{ ref('visibility_scores') }}
),

placed as (
    select *
    from {{ ref('members_placed') }}
    where segmentation = 'visibility'
),

clusters as (
    select *
    from {{ ref('clusters_named') }}
    where segmentation = 'visibility'
),

segments as (
    select *
    from {{ ref('segments') }}
    where segmentation = 'visibility'
),

events as (
    select * from {{ ref('int_recommendation_events_disposed') }}
),

rules as (
    select * from {{ ref('priority_components') }}
),

last_contacts as (
    select
        surviving_enterprise_id as enterprise_id,
        max(event_on) as last_event_on
    from events
    where disposition = 'used'
    group by surviving_enterprise_id
),

rules_side_by_side as (
    select
        {% for component in components -%}
        {% for column in columns -%}
        max({{ column }}) filter (where component = '{{ component }}')
            as {{ component }}_{{ column }},
        {% endfor -%}
        {% endfor -%}
        max(least_followers) as least_followers
    from rules
),

runners_up as (
    select
        clusters.cluster_id,
        clusters.segment_name_fr,
        clusters.segment_name_en,
        segments.standing
    from clusters
    left join segments using (segment_key)
),

-- least() passes over NULL, and what is unknown shall stay so.
components_measured as (
    select
        features.enterprise_id,
        features.turnover_eur,
        {{ growth }} as growth,
        runners_up.cluster_id as runner_up_cluster_id,
        -- Of a segment that is set by hand the margin says nothing.
        case
            when not placed.is_set_by_hand and runners_up.standing > segments.standing
                then greatest(
                    0,
                    1 - scores.assignment_margin
                    / rules.near_better_segment_limit_value
                )
            else 0
        end as near_better_segment,
        -- Two followers more are much where there was one, and little.
        case
            when {{ growth }} is not null
                then least(
                    1,
                    least(
                        abs(features.follower_growth_share_per_30_days),
                        abs({{ growth }}) / rules.least_followers
                    ) / rules.growing_or_falling_limit_value
                )
        end as growing_or_falling,
        case
            when
                {{ days_between('last_contacts.last_event_on', as_of()) }}
                < rules.not_contacted_limit_value
                then 0
            else 1
        end as not_contacted,
        case
            when features.turnover_eur is not null
                then least(
                    1,
                    cast(features.turnover_eur as double) / rules.turnover_limit_value
                )
        end as turnover
    from features
    cross join rules_side_by_side as rules
    inner join scores on features.enterprise_id = scores.member_id
    inner join placed on features.enterprise_id = placed.member_id
    inner join runners_up on scores.runner_up_cluster_id = runners_up.cluster_id
    left join segments on placed.segment_key = segments.segment_key
    left join last_contacts on features.enterprise_id = last_contacts.enterprise_id
),

-- Unknown earns nothing.
points_added as (
    select
        {% for component in components -%}
        measured.{{ component }},
        {% endfor -%}
        measured.enterprise_id,
        measured.turnover_eur,
        measured.growth,
        measured.runner_up_cluster_id,
        round(
            100 * (
                {% for component in components -%}
                {{ '+ ' if not loop.first -}}
                rules.{{ component }}_weight * coalesce(measured.{{ component }}, 0)
                {% endfor -%}
            ),
            1
        ) as priority_score
    from components_measured as measured
    cross join rules_side_by_side as rules
),

-- Before there are texts: a window over everybody holds what it is over.
priorities_ranked as (
    select
        {% for component in components -%}
        {{ component }},
        {% endfor -%}
        enterprise_id,
        turnover_eur,
        growth,
        runner_up_cluster_id,
        priority_score,
        row_number() over (order by priority_score desc, enterprise_id asc)
            as priority_rank
    from points_added
),

reasons_joined as (
    select
        {% for component in components -%}
        cast(ranked.{{ component }} as double) as priority_{{ component }},
        {% endfor -%}
        {% for language in languages -%}
        {% set values = {
            'near_better_segment': 'runners_up.segment_name_' ~ language,
            'growing_or_falling':
                "concat(case when ranked.growth < 0 then '−' else '+' end, "
                ~ worded_number('abs(ranked.growth)', 1, language) ~ ')',
            'not_contacted':
                worded_number('rules.not_contacted_limit_value', 1, language),
            'turnover': worded_number('ranked.turnover_eur', 1, language),
        } -%}
        concat_ws(
            '{{ separators[language] }}',
            {% for component in components -%}
            case
                when ranked.{{ component }} >= rules.{{ component }}_told_from
                    then replace(
                        rules.{{ component }}_reason_{{ language }}, '{value}',
                        {{ values[component] }}
                    )
            end{{ ',' if not loop.last }}
            {% endfor -%}
        ) as reasons_{{ language }},
        {% endfor -%}
        ranked.enterprise_id,
        ranked.priority_score,
        ranked.priority_rank
    from priorities_ranked as ranked
    cross join rules_side_by_side as rules
    inner join runners_up on ranked.runner_up_cluster_id = runners_up.cluster_id
),

priorities_worded as (
    select
        {% for component in components -%}
        priority_{{ component }},
        {% endfor -%}
        {% for language in languages -%}
        nullif(
            concat(
                upper(substr(reasons_{{ language }}, 1, 1)),
                substr(reasons_{{ language }}, 2)
            ),
            ''
        ) as priority_reason_{{ language }},
        {% endfor -%}
        enterprise_id,
        priority_score,
        priority_rank
    from reasons_joined
)

select * from priorities_worded
