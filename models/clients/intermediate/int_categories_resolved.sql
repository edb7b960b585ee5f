with category_groups as (
    select * from {{ ref('category_groups') }}
),

category_aliases as (
    select * from {{ ref('category_aliases') }}
),

enterprises as (
    select * from {{ ref('stg_enterprises') }}
),

known_spellings as (
    select
        {{ text_key('category_name') }} as category_key,
        category_name
    from category_groups
    union
    select
        {{ text_key('alias') }} as category_key,
        category_name
    from category_aliases
),

-- A name that nobody listed keeps its most frequent spelling.
unknown_spellings_ranked as (
    select
        enterprises.category_key,
        enterprises.category_name,
        row_number() over (
            partition by enterprises.category_key
            order by count(*) desc, enterprises.category_name asc
        ) as spelling_rank
    from enterprises
    left join known_spellings
        on enterprises.category_key = known_spellings.category_key
    where
        enterprises.category_key is not null
        and known_spellings.category_key is null
    group by enterprises.category_key, enterprises.category_name
),

spellings as (
    select
        category_key,
        category_name
    from known_spellings
    union all
    select
        category_key,
        category_name
    from unknown_spellings_ranked
    where spelling_rank = 1
),

categories_with_group as (
    select
        spellings.category_key,
        spellings.category_name,
        category_groups.category_group
    from spellings
    left join category_groups
        on spellings.category_name = category_groups.category_name
)

select * from categories_with_group
