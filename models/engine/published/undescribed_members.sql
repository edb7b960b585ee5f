with fit_rows as (
    select * from {{ ref('fit_rows') }}
),

clusters as (
    select * from {{ ref('clusters_named') }}
),

fits_measured as (
    select
        segmentation,
        max(value) filter (where parameter = 'distance_quantile')
            as distance_quantile
    from fit_rows
    where section = 'model'
    group by segmentation
),

{% for segmentation in segmentations() -%}
{%- set recipe = active_recipe(segmentation) -%}
{{ segmentation }} as (
    select
        '{{ segmentation }}' as segmentation,
        scores.member_id,
        scores.cluster_id,
        scores.distance_to_centroid,
        {%- for name in recipe.numeric_features %}
        {{ known_number('features.' ~ name) }} as number_{{ loop.index0 }},
        {%- endfor %}
        {%- for name in recipe.categorical_features %}
        cast(features.{{ name }} as string) as level_{{ loop.index0 }},
        {%- endfor %}
        fits_measured.distance_quantile
    from {{ ref(segmentation ~ '_scores') }} as scores
    inner join {{ ref(recipe.features) }} as features
        on scores.member_id = cast(features.{{ recipe.key }} as string)
    inner join fits_measured on fits_measured.segmentation = '{{ segmentation }}'
),

{% endfor -%}
undescribed as (
    {%- for segmentation in segmentations() %}
    {%- set recipe = active_recipe(segmentation) %}
    {{ 'union all' if not loop.first }}
    select
        segmentation,
        member_id,
        cluster_id,
        distance_to_centroid,
        'far_from_all' as reason,
        'all' as feature_name,
        cast(null as string) as feature_value
    from {{ segmentation }}
    where distance_to_centroid > distance_quantile
    {%- for name in recipe.numeric_features %}
    union all
    select
        '{{ segmentation }}' as segmentation,
        members.member_id,
        members.cluster_id,
        members.distance_to_centroid,
        'was_constant' as reason,
        '{{ name }}' as feature_name,
        cast(members.number_{{ loop.index0 }} as string) as feature_value
    from {{ segmentation }} as members
    inner join fit_rows
        on
            fit_rows.segmentation = '{{ segmentation }}'
            and fit_rows.section = 'model' and fit_rows.parameter = 'constant'
            and fit_rows.feature_name = '{{ name }}'
            and members.number_{{ loop.index0 }} <> fit_rows.value
    {%- endfor %}
    {%- for name in recipe.categorical_features %}
    union all
    select
        '{{ segmentation }}' as segmentation,
        members.member_id,
        members.cluster_id,
        members.distance_to_centroid,
        'unseen_level' as reason,
        '{{ name }}' as feature_name,
        members.level_{{ loop.index0 }} as feature_value
    from {{ segmentation }} as members
    left join fit_rows
        on
            fit_rows.segmentation = '{{ segmentation }}'
            and fit_rows.section = 'model' and fit_rows.parameter = 'level'
            and fit_rows.feature_name = '{{ name }}'
            and members.level_{{ loop.index0 }} = fit_rows.feature_level
    where
        fit_rows.feature_level is null and members.level_{{ loop.index0 }} is not null
        -- A model that was published before distances were kept is not watched.
        and members.distance_quantile is not null
    {%- endfor %}
    {%- endfor %}
),

undescribed_members as (
    select
        undescribed.segmentation,
        undescribed.member_id,
        undescribed.reason,
        undescribed.feature_name,
        undescribed.feature_value,
        clusters.segment_key as nearest_segment_key,
        undescribed.distance_to_centroid
    from undescribed
    inner join clusters using (segmentation, cluster_id)
)

select * from undescribed_members
