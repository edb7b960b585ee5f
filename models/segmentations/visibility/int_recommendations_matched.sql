with recommendations as (
    select *
    from {{ ref('recommendations') }}
    where segmentation = 'visibility'
),

platforms as (
    select * from {{ ref('platforms') }}
),

features as (
    select * from {{ ref('enterprise_features') }}
),

enterprise_kinds as (
    select * from {{ ref('int_enterprise_kinds') }}
),

accounts as (
    select * from {{ ref('int_accounts_banded') }}
),

resting as (
    select * from {{ ref('int_recommendations_resting') }}
),

segments_with_actions as (
    select distinct segment_key
    from recommendations
    where segment_key is not null
),

-- One enterprise stands for all of its kind.
examples as (
    select
        enterprise_kind,
        min(enterprise_id) as enterprise_id
    from enterprise_kinds
    group by enterprise_kind
),

-- A segment without a line of its own has the starting set.
kinds_planned as (
    select
        examples.enterprise_kind,
        examples.enterprise_id,
        enterprise_kinds.segment_key,
        enterprise_kinds.presence,
        features.category_name,
        features.category_group,
        features.city_name,
        segments_with_actions.segment_key as planned_segment_key
    from examples
    inner join enterprise_kinds using (enterprise_id)
    inner join features using (enterprise_id)
    left join segments_with_actions
        on enterprise_kinds.segment_key = segments_with_actions.segment_key
),

accounts_asked as (
    select
        recommendations.recommendation_id,
        platforms.platform,
        {{ is_listed('platforms.platform', 'recommendations.has_account_on') }}
            as is_there
    from recommendations
    inner join platforms
        on
            {{ is_listed('platforms.platform', 'recommendations.has_account_on') }}
            or {{ is_listed(
                'platforms.platform', 'recommendations.has_no_account_on'
            ) }}
),

candidates as (
    select
        kinds_planned.enterprise_kind,
        kinds_planned.enterprise_id,
        kinds_planned.segment_key,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        {% for language in ['fr', 'en'] -%}
        {{ named_agency('recommendations.action_' ~ language) }}
            as action_{{ language }},
        {% endfor -%}
        recommendations.presence,
        recommendations.has_account_on,
        recommendations.has_no_account_on,
        recommendations.followers_from,
        recommendations.followers_to,
        recommendations.growth,
        recommendations.only_for,
        recommendations.not_for,
        -- A category is more specific than a city.
        case
            when recommendations.segment_key is null then 0
            when recommendations.city_name is null then 1
            else 2
        end
        + case
            when recommendations.category_name is not null then 2
            when recommendations.category_group is not null then 2
            else 0
        end as specificity
    from kinds_planned
    inner join recommendations
        on
            coalesce(kinds_planned.planned_segment_key, '')
            = coalesce(recommendations.segment_key, '')
            and (
                recommendations.presence is null
                or kinds_planned.presence = recommendations.presence
            )
            and (
                recommendations.category_name is null
                or kinds_planned.category_name = recommendations.category_name
            )
            and (
                recommendations.category_group is null
                or kinds_planned.category_group = recommendations.category_group
            )
            and (
                recommendations.city_name is null
                or kinds_planned.city_name = recommendations.city_name
            )
            and (
                recommendations.only_for is null
                {% for column in ['category_name', 'category_group'] -%}
                or {{ is_listed(
                    'kinds_planned.' ~ column, 'recommendations.only_for'
                ) }}
                {% endfor %}
            )
            {% for column in ['category_name', 'category_group'] -%}
            and not {{ is_listed(
                'kinds_planned.' ~ column, 'recommendations.not_for'
            ) }}
            {% endfor %}
),

accounts_against as (
    select distinct
        candidates.enterprise_kind,
        candidates.recommendation_id
    from candidates
    inner join accounts_asked using (recommendation_id)
    left join accounts
        on
            candidates.enterprise_id = accounts.enterprise_id
            and accounts_asked.platform = accounts.platform
    where (accounts.platform is not null) <> accounts_asked.is_there
),

-- Bands begin at the followers that the seed names, so a band is within limits or not.
recommendations_fitting as (
    select
        candidates.enterprise_kind,
        candidates.segment_key,
        candidates.recommendation_id,
        candidates.priority,
        candidates.platform,
        candidates.action_fr,
        candidates.action_en,
        candidates.specificity,
        resting.rests_until,
        concat_ws(
            ', ',
            case candidates.specificity
                when 4 then 'category_and_city'
                when 3 then 'category'
                when 2 then 'city'
                when 1 then 'segment'
                else 'starting_set'
            end,
            -- A starting set is one for a presence.
            case
                when candidates.specificity > 0
                    then 'on ' || candidates.presence || ' of the platforms'
            end,
            'account on ' || candidates.has_account_on,
            'no account on ' || candidates.has_no_account_on,
            'followers from ' || candidates.followers_from,
            'followers below ' || candidates.followers_to,
            candidates.growth,
            'one of ' || candidates.only_for,
            'none of ' || candidates.not_for
        ) as matched_on
    from candidates
    left join accounts_against
        on
            candidates.enterprise_kind = accounts_against.enterprise_kind
            and candidates.recommendation_id
            = accounts_against.recommendation_id
    left join accounts
        on
            candidates.enterprise_id = accounts.enterprise_id
            and candidates.platform = accounts.platform
    left join resting
        on
            candidates.enterprise_id = resting.enterprise_id
            and candidates.recommendation_id = resting.recommendation_id
    where
        accounts_against.recommendation_id is null
        and (
            candidates.followers_from is null
            or accounts.followers_from >= candidates.followers_from
        )
        and (
            candidates.followers_to is null
            or accounts.followers_from < candidates.followers_to
        )
        and (
            candidates.growth is null
            or accounts.growth = candidates.growth
        )
),

levels_compared as (
    select
        enterprise_kind,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        specificity,
        rests_until,
        matched_on,
        rests_until is null
        and specificity = max(case when rests_until is null then specificity end) over (
            partition by enterprise_kind, platform
        ) as is_chosen
    from recommendations_fitting
),

recommendations_counted as (
    select
        enterprise_kind,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        specificity,
        rests_until,
        matched_on,
        is_chosen,
        sum(case when is_chosen then 1 else 0 end) over (partition by enterprise_kind)
            as chosen_count,
        row_number() over (
            partition by enterprise_kind, rests_until is null
            order by
                rests_until asc, specificity desc, priority asc, recommendation_id asc
        ) as resting_rank
    from levels_compared
),

-- Who would have too few gets back what has rested longest.
recommendations_matched as (
    select
        enterprise_kind,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        matched_on,
        specificity,
        row_number() over (
            partition by enterprise_kind, platform
            order by specificity desc, priority asc, recommendation_id asc
        ) as recommendation_rank
    from recommendations_counted
    where
        is_chosen
        or rests_until is not null
        and resting_rank <= {{ var('minimum_actions') }} - chosen_count
)

select * from recommendations_matched
