with platforms as (
    select * from {{ ref('platforms') }}
),

platform_aliases as (
    select * from {{ ref('platform_aliases') }}
),

social_accounts as (
    select * from {{ ref('stg_social_accounts') }}
),

known_spellings as (
    select
        {{ text_key('platform') }} as platform_key,
        platform
    from platforms
    union
    select
        {{ text_key('platform_name') }} as platform_key,
        platform
    from platforms
    union
    select
        {{ text_key('alias') }} as platform_key,
        platform
    from platform_aliases
),

unknown_platforms as (
    select distinct
        social_accounts.platform_key,
        social_accounts.platform_key as platform
    from social_accounts
    left join known_spellings
        on social_accounts.platform_key = known_spellings.platform_key
    where
        social_accounts.platform_key is not null
        and known_spellings.platform_key is null
),

spellings as (
    select
        platform_key,
        platform
    from known_spellings
    union all
    select
        platform_key,
        platform
    from unknown_platforms
)

select * from spellings
