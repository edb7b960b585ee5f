with social_accounts as (
    select * from {{ ref('int_social_accounts_disposed') }}
),

used_accounts as (
    select
        surviving_enterprise_id as enterprise_id,
        platform,
        followers
    from social_accounts
    where disposition = 'used'
),

{{ followers_in_columns('used_accounts') }}

select * from platforms_in_columns
