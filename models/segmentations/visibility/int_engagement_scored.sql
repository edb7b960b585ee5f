{%- set platforms = ['facebook', 'instagram', 'tiktok', 'other'] -%}

with features as (
    select * from {{ ref('enterprise_features') }}
),

components as (
    select * from {{ ref('engagement_components') }}
),

levels as (
    select * from {{ ref('engagement_levels') }}
),

components_side_by_side as (
    select
        max(weight) filter (where component = 'reach') as reach_weight,
        max(follower_limit) filter (where component = 'reach') as full_reach,
        max(weight) filter (where component = 'breadth') as breadth_weight,
        max(follower_limit) filter (where component = 'breadth')
            as counting_followers
    from components
),

audiences_measured as (
    select
        features.enterprise_id,
        features.followers_total,
        {% for platform in platforms -%}
        {{ '+ ' if not loop.first }}coalesce(features.followers_{{ platform }}, 0)
        {% endfor %} as known_followers,
        {% for platform in platforms -%}
        {{ 'or ' if not loop.first }}
        features.has_{{ platform }}_account
        and features.followers_{{ platform }} is not null
        {% endfor %} as has_known_count,
        components_side_by_side.reach_weight,
        components_side_by_side.breadth_weight,
        ln(1 + known_followers) / ln(1 + components_side_by_side.full_reach) as reach,
        {% for platform in ['facebook', 'instagram', 'tiktok'] -%}
        case
            when
                features.followers_{{ platform }}
                >= components_side_by_side.counting_followers
                then 1
            else 0
        end
        {%- if not loop.last %}
        + {% endif -%}
        {% endfor %} as counting_platforms
    from features
    cross join components_side_by_side
),

-- Where one count is unknown the others make a score that it may only raise.
engagement_measured as (
    select
        enterprise_id,
        followers_total is null and has_known_count as engagement_is_lower_bound,
        case
            when followers_total is not null or has_known_count
                then cast(
                    round(
                        100 * (
                            reach_weight * least(1, reach)
                            + breadth_weight * counting_platforms / 3
                        )
                    ) as integer
                )
        end as engagement_score
    from audiences_measured
),

levels_bounded as (
    select
        engagement_level,
        level_name_fr,
        level_name_en,
        minimum_score,
        lead(minimum_score) over (
            partition by minimum_score is null order by minimum_score
        ) as next_minimum_score
    from levels
),

engagement_scored as (
    select
        engagement_measured.enterprise_id,
        engagement_measured.engagement_score,
        engagement_measured.engagement_is_lower_bound,
        levels_bounded.engagement_level,
        levels_bounded.level_name_fr as engagement_level_fr,
        levels_bounded.level_name_en as engagement_level_en
    from engagement_measured
    inner join levels_bounded
        on
            (
                engagement_measured.engagement_score >= levels_bounded.minimum_score
                and (
                    engagement_measured.engagement_score
                    < levels_bounded.next_minimum_score
                    or levels_bounded.next_minimum_score is null
                )
            )
            or (
                engagement_measured.engagement_score is null
                and levels_bounded.minimum_score is null
            )
)

select * from engagement_scored
