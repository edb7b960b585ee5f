with pca_loadings as (
    select * from {{ ref('pca_model') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

loadings as (
    select
        current_fit.fit_id,
        pca_loadings.component,
        pca_loadings.position,
        pca_loadings.feature_name,
        pca_loadings.category,
        pca_loadings.loading,
        pca_loadings.column_mean,
        pca_loadings.explained_variance_share
    from pca_loadings
    cross join current_fit
)

select * from loadings
