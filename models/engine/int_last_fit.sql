{#- A view: a table that a partial run leaves alone would outlive the publication. -#}
{{ config(materialized='view') }}

with published_fits as (
    select * from {{ source('previous_publication', 'segmentation_fits') }}
),

last_fit as (
    select
        fit_id,
        fitted_at,
        reason,
        settings,
        fingerprint,
        {{ days_between('fitted_at', as_of()) }} as age_days
    from published_fits
    where fit_id = (select max(latest.fit_id) from published_fits as latest)
)

select * from last_fit
