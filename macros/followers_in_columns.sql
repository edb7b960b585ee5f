{#- CTEs that end in `platforms_in_columns`: a row per enterprise of a relation of accounts
    with enterprise_id, platform and followers. -#}
{% macro followers_in_columns(accounts) -%}
{%- set platforms = ['facebook', 'instagram', 'tiktok', 'other'] -%}
accounts_summed as (
    select
        enterprise_id,
        case
            when platform in ('facebook', 'instagram', 'tiktok') then platform
            else 'other'
        end as platform_column,
        -- A sum skips what is unknown; here one unknown part makes it unknown.
        case
            when count(*) = count(followers) then cast(sum(followers) as bigint)
        end as followers
    from {{ accounts }}
    group by enterprise_id, platform_column
),

platforms_in_columns as (
    select
        {% for platform in platforms -%}
        count(*) filter (where platform_column = '{{ platform }}') > 0
            as has_{{ platform }}_account,
        max(followers) filter (where platform_column = '{{ platform }}')
            as followers_{{ platform }},
        {% endfor -%}
        enterprise_id
    from accounts_summed
    group by enterprise_id
)
{%- endmacro %}
