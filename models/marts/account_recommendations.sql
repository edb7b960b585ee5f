with accounts as (
    select * from {{ ref('account_segments') }}
),

recommendations as (
    select * from {{ ref('cluster_recommendations') }}
    where segmentation = 'purchases'
),

resting as (
    select * from {{ ref('int_recommendations_resting') }}
),

segments_counted as (
    select
        segment_key,
        count(*) as recommendation_count
    from recommendations
    group by segment_key
),

resting_ranked as (
    select
        accounts.account_id,
        resting.recommendation_id,
        row_number() over (
            partition by accounts.account_id
            order by
                resting.rests_until, recommendations.priority, resting.recommendation_id
        ) as resting_rank,
        count(*) over (partition by accounts.account_id) as resting_count
    from resting
    inner join accounts on resting.enterprise_id = accounts.account_id
    inner join recommendations
        on
            accounts.segment_key = recommendations.segment_key
            and resting.recommendation_id = recommendations.recommendation_id
),

-- Who would have too few gets back what has rested longest.
account_recommendations as (
    select
        accounts.account_id,
        accounts.segment_key,
        recommendations.recommendation_id,
        recommendations.priority,
        recommendations.action_fr,
        recommendations.action_en,
        case when recommendations.is_starting_set then 'starting_set' else 'segment' end
            as matched_on
    from accounts
    inner join recommendations using (segment_key)
    inner join segments_counted using (segment_key)
    left join resting_ranked
        on
            accounts.account_id = resting_ranked.account_id
            and recommendations.recommendation_id = resting_ranked.recommendation_id
    where
        resting_ranked.resting_rank is null
        or segments_counted.recommendation_count
        - resting_ranked.resting_count
        + resting_ranked.resting_rank
        <= {{ var('minimum_actions') }}
)

select * from account_recommendations
