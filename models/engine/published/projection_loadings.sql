with fit_rows as (
    select *
    from {{ ref('fit_rows') }}
    where section = 'projection'
),

current_fits as (
    select * from {{ ref('current_fits') }}
),

loadings as (
    select
        loadings.segmentation,
        current_fits.fit_id,
        loadings.component,
        loadings.position,
        loadings.feature_name,
        loadings.feature_level,
        loadings.value as loading,
        means.value as column_mean,
        axis_shares.value as explained_variance_share
    from fit_rows as loadings
    inner join current_fits using (segmentation)
    inner join fit_rows as means
        on
            loadings.segmentation = means.segmentation
            and loadings.position = means.position
            and means.parameter = 'column_mean'
    inner join fit_rows as axis_shares
        on
            loadings.segmentation = axis_shares.segmentation
            and loadings.component = axis_shares.component
            and axis_shares.parameter = 'explained_variance_share'
    where loadings.parameter = 'loading'
)

select * from loadings
