with evaluation_rows as (
    {{ stacked('evaluation', ['section', 'subject', 'figure', 'value', 'text_value']) }}
),

current_fits as (
    select * from {{ ref('current_fits') }}
),

evaluations_dated as (
    select
        segmentation,
        cast(text_value as timestamp) as evaluated_at
    from evaluation_rows
    where section = 'run' and subject = 'evaluated_at'
),

figures as (
    select
        evaluation_rows.segmentation,
        current_fits.fit_id,
        evaluations_dated.evaluated_at,
        evaluation_rows.section,
        evaluation_rows.subject,
        evaluation_rows.figure,
        evaluation_rows.value,
        evaluation_rows.text_value
    from evaluation_rows
    inner join current_fits using (segmentation)
    inner join evaluations_dated using (segmentation)
)

select * from figures
