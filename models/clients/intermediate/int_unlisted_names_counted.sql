with names as (
    select * from {{ ref('int_names_resolved') }}
),

enterprises as (
    select * from {{ ref('int_enterprises_disposed') }}
),

social_accounts as (
    select * from {{ ref('int_social_accounts_disposed') }}
),

names_used as (
    {% for kind in ['category', 'city'] -%}
    select
        '{{ kind }}' as name_kind,
        {{ kind }}_name as resolved_name
    from enterprises
    where disposition = 'used'
    union all
    {% endfor -%}
    select
        'platform' as name_kind,
        platform as resolved_name
    from social_accounts
    where disposition = 'used'
),

unlisted_names as (
    select
        name_kind,
        resolved_name,
        min(name_key) as name_key
    from names
    where not is_listed
    group by name_kind, resolved_name
),

unlisted_names_counted as (
    select
        names_used.name_kind,
        unlisted_names.name_key,
        names_used.resolved_name as unlisted_name,
        count(*) as row_count
    from names_used
    inner join unlisted_names
        on
            names_used.name_kind = unlisted_names.name_kind
            and names_used.resolved_name = unlisted_names.resolved_name
    group by
        names_used.name_kind,
        unlisted_names.name_key,
        names_used.resolved_name
)

select * from unlisted_names_counted
