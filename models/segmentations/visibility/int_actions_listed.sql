{%- set languages = ['fr', 'en'] -%}
{#- French puts a no-break space before a colon. -#}
{%- set colons = {'fr': '\u00a0: ', 'en': ': '} -%}

with recommendations as (
    select * from {{ ref('int_recommendations_matched') }}
),

platforms as (
    select * from {{ ref('platforms') }}
),

recommendations_weighed as (
    select
        recommendations.enterprise_kind,
        recommendations.platform,
        recommendations.recommendation_rank,
        recommendations.priority,
        recommendations.specificity,
        recommendations.action_fr,
        recommendations.action_en,
        case when recommendations.platform <> 'any' then platforms.platform_name end
            as platform_name
    from recommendations
    inner join platforms using (platform)
),

-- Where the plan does most comes first; what is tied to no platform comes last.
platforms_ranked as (
    select
        enterprise_kind,
        platform,
        row_number() over (
            partition by enterprise_kind
            order by
                case when platform_name is null then 1 else 0 end asc,
                count(*) desc,
                max(specificity) desc,
                min(priority) asc,
                platform_name asc
        ) as platform_rank
    from recommendations_weighed
    group by enterprise_kind, platform, platform_name
),

actions_ranked as (
    select
        {% for language in languages -%}
        concat(
            coalesce(
                recommendations_weighed.platform_name || '{{ colons[language] }}', ''
            ),
            recommendations_weighed.action_{{ language }}
        ) as action_{{ language }},
        {% endfor -%}
        recommendations_weighed.enterprise_kind,
        recommendations_weighed.platform_name,
        recommendations_weighed.recommendation_rank,
        platforms_ranked.platform_rank
    from recommendations_weighed
    inner join platforms_ranked using (enterprise_kind, platform)
),

actions_listed as (
    select
        enterprise_kind,
        max(platform_name) filter (where platform_rank = 1) as target_platform,
        {% set order = 'platform_rank, recommendation_rank' -%}
        {{ joined_texts('action_fr', ' • ', order) }} as actions_fr,
        {{ joined_texts('action_en', ' • ', order) }} as actions_en
    from actions_ranked
    group by enterprise_kind
)

select * from actions_listed
