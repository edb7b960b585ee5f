{#- A published table of the fits with the levels of categorical features as they are
    spelt today, so that a model knows a level whose spelling has changed since. Where
    a segmentation names a model in `level_names`, that one tells. -#}
{% macro in_todays_levels(table, columns) -%}
with published as (
    select * from {{ source('previous_publication', table) }}
),

levels_renamed as (
    {% for segmentation, entry in segmentations().items() if entry.level_names -%}
    select
        '{{ segmentation }}' as segmentation,
        feature_name,
        published_level,
        level_name
    from {{ ref(entry.level_names) }}
    union all
    {% endfor -%}
    select
        segmentation,
        feature_name,
        feature_level as published_level,
        feature_level as level_name
    from published
    where false
),

published_in_todays_levels as (
    select
        {%- for column in columns %}
        {% if column == 'feature_level' -%}
        coalesce(levels_renamed.level_name, published.feature_level) as feature_level
        {%- else -%}
        published.{{ column }}
        {%- endif -%}
        {{ ',' if not loop.last }}
        {%- endfor %}
    from published
    left join levels_renamed
        on
            published.segmentation = levels_renamed.segmentation
            and published.feature_name = levels_renamed.feature_name
            and published.feature_level = levels_renamed.published_level
)

select * from published_in_todays_levels
{%- endmacro %}
