select
    fit_rows.segmentation,
    current_fits.fit_id,
    fit_rows.component,
    fit_rows.value as explained_variance_share,
    -- A sum of floats may end in the last bits beyond 1.
    least(
        sum(fit_rows.value) over (
            partition by fit_rows.segmentation order by fit_rows.component
        ), 1
    ) as cumulative_variance_share
from {{ ref('fit_rows') }} as fit_rows
inner join {{ ref('current_fits') }} as current_fits using (segmentation)
where
    fit_rows.section = 'projection'
    and fit_rows.parameter = 'explained_variance_share'
