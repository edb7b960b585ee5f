-- A join that drops or multiplies rows would change these sums: enterprises, accounts,
-- followers and turnover that cleaning used are those of the feature table.
with accounts as (
    select
        count(distinct surviving_enterprise_id) as with_account,
        count(distinct surviving_enterprise_id) filter (
            where platform not in ('facebook', 'instagram', 'tiktok')
        ) as with_other_account,
        coalesce(sum(followers) filter (
            where platform in ('facebook', 'instagram', 'tiktok')
        ), 0) as named_followers
    from {{ ref('int_social_accounts_disposed') }}
    where disposition = 'used'
),

enterprises as (
    select count(*) as enterprise_count
    from {{ ref('int_enterprises_disposed') }}
    where disposition = 'used'
),

turnover as (
    select coalesce(sum(turnover_eur), 0) as turnover_eur
    from {{ ref('int_turnover_disposed') }}
    where disposition = 'used'
)

select
    enterprises.enterprise_count,
    accounts.with_account,
    accounts.with_other_account,
    accounts.named_followers,
    turnover.turnover_eur
from accounts
cross join enterprises
cross join turnover
except
select
    count(*) as enterprise_count,
    count(*) filter (
        where
        has_facebook_account
        or has_instagram_account
        or has_tiktok_account
        or has_other_account
    ) as with_account,
    count(*) filter (where has_other_account) as with_other_account,
    -- A count that is carried forward is no raw value of today.
    {% for platform in ['facebook', 'instagram', 'tiktok'] -%}
    {{ '+ ' if not loop.first }}coalesce(sum(followers_{{ platform }}) filter (
        where followers_{{ platform }}_known_at is null
    ), 0)
    {% endfor %} as named_followers,
    coalesce(sum(turnover_eur), 0) as turnover_eur
from {{ ref('enterprise_features') }}
