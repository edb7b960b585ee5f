{%- set columns = [
    'category_name', 'category_group', 'city_name', 'created_on', 'followers_facebook',
    'followers_instagram', 'followers_tiktok', 'followers_other', 'followers_total',
    'turnover_eur'
] -%}

with features as (
    select * from {{ ref('enterprise_features') }}
),

category_groups as (
    select * from {{ ref('category_groups') }}
),

known_values_counted as (
    {% for column in columns -%}
    select
        '{{ column }}' as subject,
        count({{ column }}) as part_count,
        count(*) as whole_count
    from features
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

taxonomy_levels_counted as (
    select
        count(*) filter (where category_groups.taxonomy_level = 'family')
            as family_count,
        count(*) filter (where category_groups.taxonomy_level = 'leaf') as leaf_count,
        count(*) filter (where category_groups.category_name is null)
            as ungrouped_count,
        count(*) as categorised_count
    from features
    left join category_groups using (category_name)
    where features.category_name is not null
),

counts_listed as (
    select
        'known_share' as check_name,
        subject,
        part_count,
        whole_count
    from known_values_counted
    union all
    -- The rarer level: 0 where all categories are of one. A model that does not use
    -- the category does not mind.
    select
        'mixed_taxonomy_share' as check_name,
        'category_name' as subject,
        least(family_count, leaf_count) as part_count,
        categorised_count as whole_count
    from taxonomy_levels_counted
    where {{ 'category_name' in active_recipe('visibility').categorical_features }}
    union all
    select
        'ungrouped_category_share' as check_name,
        'category_name' as subject,
        ungrouped_count as part_count,
        categorised_count as whole_count
    from taxonomy_levels_counted
),

shares_measured as (
    select
        check_name,
        subject,
        cast(part_count as double) / nullif(whole_count, 0) as value,
        concat(part_count, ' / ', whole_count) as detail
    from counts_listed
)

select * from shares_measured
