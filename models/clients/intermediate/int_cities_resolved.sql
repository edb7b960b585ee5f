with cities as (
    select * from {{ ref('cities') }}
),

city_aliases as (
    select * from {{ ref('city_aliases') }}
),

enterprises as (
    select * from {{ ref('stg_enterprises') }}
),

known_spellings as (
    select
        {{ city_key('city_name') }} as city_key,
        city_name
    from cities
    union
    select
        {{ city_key('alias') }} as city_key,
        city_name
    from city_aliases
),

-- A name that nobody listed keeps its most frequent spelling.
unknown_spellings_ranked as (
    select
        enterprises.city_key,
        enterprises.city_name,
        row_number() over (
            partition by enterprises.city_key
            order by count(*) desc, enterprises.city_name asc
        ) as spelling_rank
    from enterprises
    left join known_spellings
        on enterprises.city_key = known_spellings.city_key
    where
        enterprises.city_key is not null
        and known_spellings.city_key is null
    group by enterprises.city_key, enterprises.city_name
),

spellings as (
    select
        city_key,
        city_name
    from known_spellings
    union all
    select
        city_key,
        city_name
    from unknown_spellings_ranked
    where spelling_rank = 1
)

select * from spellings
