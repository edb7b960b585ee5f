with chart_drawings as (
    select * from {{ ref('chart_drawings') }}
),

charts as (
    select
        segmentation,
        chart_name,
        position,
        title,
        description,
        alternative_text,
        png
    from chart_drawings
    where language = '{{ var("language") }}'
)

select * from charts
