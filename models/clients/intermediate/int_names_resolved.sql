{#- By kind of name: the seeds of the names and of their other spellings, the column of
    the name, and what makes its key. -#}
{%- set kinds = {
    'category': ('category_groups', 'category_aliases', 'category_name', text_key),
    'city': ('cities', 'city_aliases', 'city_name', city_key),
    'platform': ('platforms', 'platform_aliases', 'platform', text_key),
} -%}
with enterprises as (
    select * from {{ ref('stg_enterprises') }}
),

social_accounts as (
    select * from {{ ref('stg_social_accounts') }}
),

category_groups as (
    select * from {{ ref('category_groups') }}
),

platforms as (
    select * from {{ ref('platforms') }}
),

listed_names as (
    {% for kind, (names, aliases, column, key) in kinds.items() -%}
    select
        '{{ kind }}' as name_kind,
        {{ key(column) }} as name_key,
        {{ column }} as resolved_name
    from {{ ref(names) }}
    union
    select
        '{{ kind }}' as name_kind,
        {{ key('alias') }} as name_key,
        {{ column }} as resolved_name
    from {{ ref(aliases) }}
    union
    {% endfor -%}
    select
        'platform' as name_kind,
        {{ text_key('platform_name') }} as name_key,
        platform as resolved_name
    from platforms
),

-- A platform that nobody listed goes by its key, another name by a spelling.
names_written as (
    {% for kind in ['category', 'city'] -%}
    select
        '{{ kind }}' as name_kind,
        {{ kind }}_key as name_key,
        {{ kind }}_name as resolved_name
    from enterprises
    where {{ kind }}_key is not null
    union all
    {% endfor -%}
    select
        'platform' as name_kind,
        platform_key as name_key,
        platform_key as resolved_name
    from social_accounts
    where platform_key is not null
),

-- The most frequent spelling.
unlisted_names_ranked as (
    select
        names_written.name_kind,
        names_written.name_key,
        names_written.resolved_name,
        row_number() over (
            partition by names_written.name_kind, names_written.name_key
            order by count(*) desc, names_written.resolved_name asc
        ) as spelling_rank
    from names_written
    left join listed_names
        on
            names_written.name_kind = listed_names.name_kind
            and names_written.name_key = listed_names.name_key
    where listed_names.name_key is null
    group by
        names_written.name_kind,
        names_written.name_key,
        names_written.resolved_name
),

names_united as (
    select
        name_kind,
        name_key,
        resolved_name,
        true as is_listed
    from listed_names
    union all
    select
        name_kind,
        name_key,
        resolved_name,
        false as is_listed
    from unlisted_names_ranked
    where spelling_rank = 1
),

names_with_group as (
    select
        names_united.name_kind,
        names_united.name_key,
        names_united.resolved_name,
        names_united.is_listed,
        category_groups.category_group
    from names_united
    left join category_groups
        on
            names_united.name_kind = 'category'
            and names_united.resolved_name = category_groups.category_name
)

select * from names_with_group
