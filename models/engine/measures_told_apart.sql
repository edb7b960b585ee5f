with measures_told_apart as (
    {%- for segmentation in segmentations() %}
    select
        '{{ segmentation }}' as segmentation,
        feature_name,
        measure
    from (
        {{ feature_measures(segmentation) }}
    ) as of_segmentation
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from measures_told_apart
