with enterprises as (
    select * from {{ ref('int_enterprises_disposed') }}
),

social_accounts as (
    select * from {{ ref('int_social_accounts_disposed') }}
),

categories_resolved as (
    select * from {{ ref('int_categories_resolved') }}
),

cities_resolved as (
    select * from {{ ref('int_cities_resolved') }}
),

cities as (
    select * from {{ ref('cities') }}
),

platforms as (
    select * from {{ ref('platforms') }}
),

unlisted_categories as (
    select
        category_name as unlisted_name,
        min(category_key) as name_key
    from categories_resolved
    where category_group is null
    group by category_name
),

unlisted_cities as (
    select
        cities_resolved.city_name as unlisted_name,
        min(cities_resolved.city_key) as name_key
    from cities_resolved
    left join cities on cities_resolved.city_name = cities.city_name
    where cities.city_name is null
    group by cities_resolved.city_name
),

names_counted as (
    select
        'category' as name_kind,
        unlisted_categories.name_key,
        unlisted_categories.unlisted_name,
        count(*) as row_count
    from enterprises
    inner join unlisted_categories
        on enterprises.category_name = unlisted_categories.unlisted_name
    where enterprises.disposition = 'used'
    group by unlisted_categories.name_key, unlisted_categories.unlisted_name
    union all
    select
        'city' as name_kind,
        unlisted_cities.name_key,
        unlisted_cities.unlisted_name,
        count(*) as row_count
    from enterprises
    inner join unlisted_cities on enterprises.city_name = unlisted_cities.unlisted_name
    where enterprises.disposition = 'used'
    group by unlisted_cities.name_key, unlisted_cities.unlisted_name
    union all
    -- A platform that is not listed goes by its key.
    select
        'platform' as name_kind,
        social_accounts.platform as name_key,
        social_accounts.platform as unlisted_name,
        count(*) as row_count
    from social_accounts
    left join platforms on social_accounts.platform = platforms.platform
    where
        social_accounts.disposition = 'used'
        and platforms.platform is null
    group by social_accounts.platform
)

select * from names_counted
