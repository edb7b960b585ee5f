with loadings as (
    select * from {{ ref('pca_model') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

shares_listed as (
    select distinct
        component,
        explained_variance_share
    from loadings
),

shares_accumulated as (
    select
        component,
        explained_variance_share,
        sum(explained_variance_share) over (order by component)
            as cumulative_variance_share
    from shares_listed
),

components as (
    select
        current_fit.fit_id,
        shares_accumulated.component,
        shares_accumulated.explained_variance_share,
        -- A sum of floats may end in the last bits beyond 1.
        least(shares_accumulated.cumulative_variance_share, 1)
            as cumulative_variance_share
    from shares_accumulated
    cross join current_fit
)

select * from components
