select
    segmentation,
    chart_name,
    position,
    title,
    description,
    alternative_text,
    png
from {{ ref('chart_drawings') }}
where language = '{{ var("language") }}'
