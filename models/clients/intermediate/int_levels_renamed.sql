with names as (
    select * from {{ ref('int_names_resolved') }}
),

published_parameters as (
    select * from {{ source('previous_publication', 'fit_parameters') }}
),

published_levels as (
    {% for kind, key in {'category': text_key, 'city': city_key}.items() -%}
    select distinct
        '{{ kind }}' as name_kind,
        feature_name,
        feature_level as published_level,
        {{ key('feature_level') }} as name_key
    from published_parameters
    where feature_name = '{{ kind }}_name' and feature_level is not null
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

-- Of two levels that are one name today, the one that is spelt so, or the first.
levels_ranked as (
    select
        published_levels.feature_name,
        published_levels.published_level,
        names.resolved_name as level_name,
        row_number() over (
            partition by published_levels.feature_name, names.resolved_name
            order by
                published_levels.published_level <> names.resolved_name asc,
                published_levels.published_level asc
        ) as level_rank
    from published_levels
    inner join names
        on
            published_levels.name_kind = names.name_kind
            and published_levels.name_key = names.name_key
),

levels_renamed as (
    select
        feature_name,
        published_level,
        level_name
    from levels_ranked
    where level_rank = 1 and published_level <> level_name
)

select * from levels_renamed
