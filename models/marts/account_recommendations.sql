with accounts as (
    select * from {{ ref('account_segments') }}
),

recommendations as (
    select * from {{ ref('cluster_recommendations') }}
    where segmentation = 'purchases'
),

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
)

select * from account_recommendations
