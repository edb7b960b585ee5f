-- A join that drops or multiplies rows would change these sums: enterprises, accounts,
-- followers and turnover that cleaning used are those of the feature table.
with used as (
    select
        (
            select count(*)
            from {{ ref('int_enterprises_disposed') }}
            where disposition = 'used'
        ) as enterprise_count,
        (
            select count(distinct surviving_enterprise_id)
            from {{ ref('int_social_accounts_disposed') }}
            where disposition = 'used'
        ) as enterprise_with_account_count,
        (
            select coalesce(sum(followers), 0)
            from {{ ref('int_social_accounts_disposed') }}
            where
                disposition = 'used'
                and platform in ('facebook', 'instagram', 'tiktok')
        ) as named_followers,
        (
            select count(distinct surviving_enterprise_id)
            from {{ ref('int_social_accounts_disposed') }}
            where
                disposition = 'used'
                and platform not in ('facebook', 'instagram', 'tiktok')
        ) as enterprise_with_other_account_count,
        (
            select coalesce(sum(turnover_eur), 0)
            from {{ ref('int_turnover_disposed') }}
            where disposition = 'used'
        ) as turnover
),

reached as (
    select
        count(*) as enterprise_count,
        sum(
            case
                when
                    has_facebook_account
                    or has_instagram_account
                    or has_tiktok_account
                    or has_other_account
                    then 1
                else 0
            end
        ) as enterprise_with_account_count,
        sum(case when has_other_account then 1 else 0 end)
            as enterprise_with_other_account_count,
        coalesce(sum(followers_facebook), 0)
        + coalesce(sum(followers_instagram), 0)
        + coalesce(sum(followers_tiktok), 0) as named_followers,
        coalesce(sum(turnover_eur), 0) as turnover
    from {{ ref('enterprise_features') }}
)

select
    used.enterprise_count as used_enterprise_count,
    reached.enterprise_count as reached_enterprise_count,
    used.enterprise_with_account_count as used_enterprise_with_account_count,
    reached.enterprise_with_account_count as reached_enterprise_with_account_count,
    used.enterprise_with_other_account_count
        as used_enterprise_with_other_account_count,
    reached.enterprise_with_other_account_count
        as reached_enterprise_with_other_account_count,
    used.named_followers as used_named_followers,
    reached.named_followers as reached_named_followers,
    used.turnover as used_turnover,
    reached.turnover as reached_turnover
from used
cross join reached
where
    used.enterprise_count <> reached.enterprise_count
    or used.enterprise_with_account_count <> reached.enterprise_with_account_count
    or used.enterprise_with_other_account_count
    <> reached.enterprise_with_other_account_count
    or used.named_followers <> reached.named_followers
    or used.turnover <> reached.turnover
