{%- set added = 'sum' if 'social_accounts' in var('added_up') else 'max' -%}

with events as (
    select *
    from {{ ref('int_recommendation_events_disposed') }}
    where disposition = 'used'
),

recommendations as (
    select * from {{ ref('recommendations') }}
),

segment_changes as (
    select * from {{ ref('segment_changes') }}
),

social_accounts as (
    select * from {{ ref('int_social_accounts_disposed') }}
),

events_counted as (
    select
        recommendation_id,
        count(distinct surviving_enterprise_id) filter (where event = 'proposed')
            as proposed_count,
        count(distinct surviving_enterprise_id) filter (where event = 'done')
            as done_count,
        count(distinct surviving_enterprise_id) filter (where event = 'declined')
            as declined_count
    from events
    group by recommendation_id
),

enterprises_done as (
    select
        events.recommendation_id,
        events.surviving_enterprise_id,
        recommendations.segmentation,
        recommendations.platform,
        min(events.event_on) as done_on
    from events
    inner join recommendations using (recommendation_id)
    where events.event = 'done'
    group by
        events.recommendation_id,
        events.surviving_enterprise_id,
        recommendations.segmentation,
        recommendations.platform
),

enterprises_moved as (
    select
        enterprises_done.recommendation_id,
        count(distinct enterprises_done.surviving_enterprise_id)
            as moved_after_done_count
    from enterprises_done
    inner join segment_changes
        on
            enterprises_done.segmentation = segment_changes.segmentation
            and enterprises_done.surviving_enterprise_id = segment_changes.member_id
    where
        segment_changes.from_segment_key is not null
        and segment_changes.to_segment_key is not null
        and cast(segment_changes.changed_at as date) > enterprises_done.done_on
    group by enterprises_done.recommendation_id
),

-- Several counts of one day are one, as they are in int_follower_growth.
days_counted as (
    select
        surviving_enterprise_id,
        platform,
        measured_on,
        {{ added }}(followers) as followers
    from social_accounts
    where disposition in ('used', 'superseded') and followers is not null
    group by surviving_enterprise_id, platform, measured_on
),

-- Of each account the last count up to that day, and the last of all if it is later.
accounts_compared as (
    select
        enterprises_done.recommendation_id,
        enterprises_done.surviving_enterprise_id,
        days_counted.platform,
        max_by(days_counted.followers, days_counted.measured_on) filter (
            where days_counted.measured_on <= enterprises_done.done_on
        ) as followers_before,
        max_by(days_counted.followers, days_counted.measured_on) filter (
            where days_counted.measured_on > enterprises_done.done_on
        ) as followers_after
    from enterprises_done
    inner join days_counted using (surviving_enterprise_id)
    where enterprises_done.platform in ('any', days_counted.platform)
    group by
        enterprises_done.recommendation_id,
        enterprises_done.surviving_enterprise_id,
        days_counted.platform
),

enterprises_compared as (
    select
        recommendation_id,
        surviving_enterprise_id,
        sum(followers_after - followers_before) as followers_change
    from accounts_compared
    where followers_before is not null and followers_after is not null
    group by recommendation_id, surviving_enterprise_id
),

changes_counted as (
    select
        recommendation_id,
        count(*) as measured_after_done_count,
        avg(cast(followers_change as double)) as mean_followers_change_after_done
    from enterprises_compared
    group by recommendation_id
),

outcomes_counted as (
    select
        recommendations.segmentation,
        recommendations.recommendation_id,
        recommendations.segment_key,
        recommendations.platform,
        {% for language in ['fr', 'en'] -%}
        {{ named_agency('recommendations.action_' ~ language) }}
            as action_{{ language }},
        {% endfor -%}
        {% for count in [
            'events_counted.proposed', 'events_counted.done', 'events_counted.declined',
            'enterprises_moved.moved_after_done',
            'changes_counted.measured_after_done',
        ] -%}
        coalesce({{ count }}_count, 0) as {{ count.split('.')[1] }}_count,
        {% endfor -%}
        changes_counted.mean_followers_change_after_done
    from recommendations
    left join events_counted using (recommendation_id)
    left join enterprises_moved using (recommendation_id)
    left join changes_counted using (recommendation_id)
)

select * from outcomes_counted
