with published_parameters as (
    select * from {{ source('previous_publication', 'fit_parameters') }}
),

model_rows as (
    select * from {{ ref('kmeans_model') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

published_fits as (
    select distinct fit_id from published_parameters
),

parameters_of_all_fits as (
    select
        fit_id,
        row_number,
        parameter,
        position,
        feature_name,
        category,
        cluster_id,
        value,
        text_value
    from published_parameters
    union all
    select
        current_fit.fit_id,
        model_rows.row_number,
        model_rows.parameter,
        model_rows.position,
        model_rows.feature_name,
        model_rows.category,
        model_rows.cluster_id,
        model_rows.value,
        model_rows.text_value
    from model_rows
    cross join current_fit
    left join published_fits on current_fit.fit_id = published_fits.fit_id
    where published_fits.fit_id is null
)

select * from parameters_of_all_fits
