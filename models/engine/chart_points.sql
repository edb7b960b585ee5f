{%- set measures = listed('measures') | map(attribute=2) | unique | list -%}

with points as (
    {% for segmentation, entry in segmentations().items() %}
    (
        select
            '{{ segmentation }}' as segmentation,
            members.member_id,
            members.model_segment_key as segment_key,
            {% for measure in measures %}
            {% if measure in entry.measures %}
            cast(features.{{ measure }} as double) as {{ measure }},
            {% else %}
            cast(null as double) as {{ measure }},
            {% endif %}
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
            -- Neither null, nor NaN, nor infinite.
            and scores.pca_x between -1e300 and 1e300
            and scores.pca_y between -1e300 and 1e300
        order by md5(members.member_id), members.member_id
        limit 20000
    )
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

chart_points as (
    select
        segmentation,
        segment_key,
        {% for measure in measures %}
        {{ measure }},
        {% endfor %}
        pca_x,
        pca_y,
        row_number() over (
            partition by segmentation, segment_key
            order by md5(member_id), member_id
        ) as point_number
    from points
)

select * from chart_points
