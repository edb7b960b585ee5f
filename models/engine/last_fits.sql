{#- A view: a table that a partial run leaves alone would outlive the publication. -#}
{{ config(materialized='view') }}

select
    segmentation,
    max(fit_id) as fit_id,
    max_by(fitted_at, fit_id) as fitted_at,
    max_by(reason, fit_id) as reason,
    max_by(fingerprint, fit_id) as fingerprint
from {{ source('previous_publication', 'segmentation_fits') }}
group by segmentation
