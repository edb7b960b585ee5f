with recommendations as (
    select *
    from {{ ref('recommendations') }}
    where segmentation = 'visibility'
),

features as (
    select * from {{ ref('enterprise_features') }}
),

members as (
    select *
    from {{ ref('members_placed') }}
    where segmentation = 'visibility'
),

segments_with_actions as (
    select distinct segment_key
    from recommendations
    where segment_key is not null
),

kinds_found as (
    select distinct
        {{ enterprise_kind('features', 'members') }} as enterprise_kind,
        members.segment_key,
        features.category_name,
        features.category_group,
        features.city_name,
        {{ platforms_told('features') }} as presence
    from features
    inner join members on features.enterprise_id = members.member_id
),

-- A segment without a line of its own has the starting set, by presence.
kinds_planned as (
    select
        kinds_found.enterprise_kind,
        kinds_found.segment_key,
        kinds_found.category_name,
        kinds_found.category_group,
        kinds_found.city_name,
        segments_with_actions.segment_key as planned_segment_key,
        case
            when segments_with_actions.segment_key is null then kinds_found.presence
            else ''
        end as presence
    from kinds_found
    left join segments_with_actions using (segment_key)
),

recommendations_matched as (
    select
        kinds_planned.enterprise_kind,
        kinds_planned.segment_key,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.platform,
        recommendations.action_fr,
        recommendations.action_en,
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
            and kinds_planned.presence = coalesce(recommendations.presence, '')
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
),

recommendations_ranked as (
    select
        enterprise_kind,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        specificity,
        max(specificity) over (
            partition by enterprise_kind, platform
        ) as most_specific,
        row_number() over (
            partition by enterprise_kind, platform, specificity
            order by priority, recommendation_id
        ) as recommendation_rank
    from recommendations_matched
),

most_specific_recommendations as (
    select
        enterprise_kind,
        segment_key,
        recommendation_id,
        priority,
        platform,
        action_fr,
        action_en,
        case specificity
            when 4 then 'category_and_city'
            when 3 then 'category'
            when 2 then 'city'
            when 1 then 'segment'
            else 'starting_set'
        end as matched_on,
        specificity,
        recommendation_rank
    from recommendations_ranked
    where specificity = most_specific
)

select * from most_specific_recommendations
