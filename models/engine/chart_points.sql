with chart_points as (
    {% for segmentation in segmentations() %}
    (
        select
            '{{ segmentation }}' as segmentation,
            members.member_id,
            members.model_segment_key as segment_key,
            scores.pca_x,
            scores.pca_y
        from {{ ref('members_placed') }} as members
        inner join {{ ref(segmentation ~ '_scores') }} as scores using (member_id)
        where
            members.segmentation = '{{ segmentation }}'
            and members.model_segment_key is not null
            -- Neither null, nor NaN, nor infinite.
            and scores.pca_x between -1e300 and 1e300
            and scores.pca_y between -1e300 and 1e300
        order by md5(members.member_id), members.member_id
        limit 20000
    )
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from chart_points
