{#- A view: a table that a partial run leaves alone would outlive the publication. -#}
{{ config(materialized='view') }}

with published_fits as (
    select * from {{ source('previous_publication', 'segmentation_fits') }}
),

fits_ranked as (
    select
        segmentation,
        fit_id,
        fitted_at,
        reason,
        fingerprint,
        row_number() over (partition by segmentation order by fit_id desc) as fit_rank
    from published_fits
),

last_fits as (
    select
        segmentation,
        fit_id,
        fitted_at,
        reason,
        fingerprint
    from fits_ranked
    where fit_rank = 1
)

select * from last_fits
