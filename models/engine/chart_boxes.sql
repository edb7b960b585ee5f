-- Of more values beyond the whiskers of a box, so many are drawn.
{% set most_outliers = 40 %}
-- A box of fewer values is drawn as these values.
{% set least_boxed = 5 %}
{% set whiskers_and_quartiles = {
    'low_whisker': 0.05,
    'low_quartile': 0.25,
    'median': 0.5,
    'high_quartile': 0.75,
    'high_whisker': 0.95,
} %}
{% set axes = ['pca_x', 'pca_y'] %}
{% set measures = listed('measures') %}
{% for segmentation, entry in segmentations().items() %}
{% for axis in axes %}
{% do measures.append((segmentation, entry, axis)) %}
{% endfor %}
{% endfor %}

with members_valued as (
    {% for segmentation, entry, measure in measures %}
    {% set column = ('members.' if measure in axes else 'features.') ~ measure %}
    select
        '{{ segmentation }}' as segmentation,
        members.model_segment_key as segment_key,
        '{{ measure }}' as measure,
        members.member_id,
        cast({{ column }} as double) as value
    from {{ ref(segmentation ~ '_members') }} as members
    inner join {{ ref(entry.features) }} as features
        on members.member_id = features.{{ entry.key }}
    where
        members.model_segment_key is not null
        -- Neither null, nor NaN, nor infinite.
        and {{ column }} between -1e300 and 1e300
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

boxed as (
    select
        segmentation,
        segment_key,
        measure,
        {% for figure, share in whiskers_and_quartiles.items() %}
        percentile_cont({{ share }}) within group (order by value)
            as {{ figure }},
        {% endfor %}
        count(*) as known_count
    from members_valued
    group by segmentation, segment_key, measure
),

beyond_whiskers as (
    select
        members_valued.segmentation,
        members_valued.segment_key,
        members_valued.measure,
        members_valued.member_id,
        members_valued.value
    from members_valued
    inner join boxed using (segmentation, segment_key, measure)
    where
        members_valued.measure not in ('pca_x', 'pca_y')
        and (
            boxed.known_count < {{ least_boxed }}
            or members_valued.value < boxed.low_whisker
            or members_valued.value > boxed.high_whisker
        )
),

ranked as (
    select
        segmentation,
        segment_key,
        measure,
        value,
        row_number() over (
            partition by segmentation, segment_key, measure
            order by value, member_id
        ) as place,
        count(*) over (partition by segmentation, segment_key, measure)
            as beyond_count
    from beyond_whiskers
),

chart_boxes as (
    {% for figure in ['known_count'] + whiskers_and_quartiles.keys() | list %}
    select
        segmentation,
        segment_key,
        measure,
        '{{ figure }}' as figure,
        1 as figure_number,
        cast({{ figure }} as double) as value
    from boxed
    union all
    {% endfor %}
    select
        segmentation,
        segment_key,
        measure,
        'outlier' as figure,
        cast(place as integer) as figure_number,
        value
    from ranked
    -- Evenly by rank, the least and the largest always among them.
    where
        beyond_count <= {{ most_outliers }}
        or place = 1
        or floor(place * {{ most_outliers - 1 }} / beyond_count)
        > floor((place - 1) * {{ most_outliers - 1 }} / beyond_count)
)

select * from chart_boxes
