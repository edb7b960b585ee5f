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
{% set measures_and_axes = listed('measures') %}
{% for segmentation, entry in segmentations().items() %}
{% do measures_and_axes.extend([
    (segmentation, entry, 'pca_x'), (segmentation, entry, 'pca_y'),
]) %}
{% endfor %}

with
{% for segmentation, entry in segmentations().items() %}
{{ segmentation }} as (
    select
        members.member_id,
        members.model_segment_key as segment_key,
        {% for measure in entry.measures %}
        cast(features.{{ measure }} as double) as {{ measure }},
        {% endfor %}
        scores.pca_x,
        scores.pca_y
    from {{ ref('members_placed') }} as members
    inner join {{ ref(segmentation ~ '_scores') }} as scores using (member_id)
    inner join {{ ref(entry.features) }} as features
        on members.member_id = features.{{ entry.key }}
    where
        members.segmentation = '{{ segmentation }}'
        and members.model_segment_key is not null
),

{% endfor %}
boxed as (
    {% for segmentation, entry, measure in measures_and_axes %}
    select
        '{{ segmentation }}' as segmentation,
        segment_key,
        '{{ measure }}' as measure,
        {% for figure, share in whiskers_and_quartiles.items() %}
        percentile_cont({{ share }}) within group (order by {{ measure }})
            as {{ figure }},
        {% endfor %}
        count(*) as known_count
    from {{ segmentation }}
    -- Neither null, nor NaN, nor infinite.
    where {{ measure }} between -1e300 and 1e300
    group by segment_key
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

beyond_whiskers as (
    {% for segmentation, entry, measure in listed('measures') %}
    select
        boxed.segmentation,
        boxed.segment_key,
        boxed.measure,
        members.member_id,
        members.{{ measure }} as value
    from {{ segmentation }} as members
    inner join boxed using (segment_key)
    where
        boxed.segmentation = '{{ segmentation }}'
        and boxed.measure = '{{ measure }}'
        and members.{{ measure }} between -1e300 and 1e300
        and (
            boxed.known_count < {{ least_boxed }}
            or members.{{ measure }} < boxed.low_whisker
            or members.{{ measure }} > boxed.high_whisker
        )
    {{ 'union all' if not loop.last }}
    {% endfor %}
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
