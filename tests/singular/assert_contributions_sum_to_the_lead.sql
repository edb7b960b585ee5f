-- An explanation is only true when its parts make up what the label was decided by.
with leads as (
    select
        enterprise_id,
        power(runner_up_distance, 2) - power(distance_to_centroid, 2) as lead_square,
        power(runner_up_distance, 2) as runner_up_square
    from {{ ref('enterprise_clusters') }}
),

contributions_summed as (
    select
        enterprise_id,
        sum(contribution) as contribution_sum
    from {{ ref('driver_contributions') }}
    group by enterprise_id
)

select
    leads.enterprise_id,
    leads.lead_square,
    contributions_summed.contribution_sum
from leads
left join contributions_summed
    on leads.enterprise_id = contributions_summed.enterprise_id
where
    contributions_summed.contribution_sum is null
    or abs(contributions_summed.contribution_sum - leads.lead_square)
    > 1e-9 * greatest(1, leads.runner_up_square)
