with figures as (
    select *
    from {{ ref('evaluation_figures') }}
    where section = 'feature_shift'
),

readings as (
    select *
    from {{ ref('evaluation_readings') }}
    where section = 'shift'
),

features_compared as (
    select
        figures.segmentation,
        cast(figures.subject as integer) as horizon_weeks,
        figures.figure as feature_name,
        max(figures.value) as population_stability_index,
        max_by(readings.reading, readings.minimum_value) as reading,
        max_by(
            readings.description_{{ var('language') }}, readings.minimum_value
        ) as reading_description,
        figures.evaluated_at
    from figures
    inner join readings on figures.value >= readings.minimum_value
    group by
        figures.segmentation, figures.subject, figures.figure, figures.evaluated_at
)

select * from features_compared
