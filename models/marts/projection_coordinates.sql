with enterprise_coordinates as (
    select * from {{ ref('enterprise_coordinates') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

coordinates as (
    select
        current_fit.fit_id,
        enterprise_coordinates.enterprise_id,
        enterprise_coordinates.component,
        enterprise_coordinates.coordinate
    from enterprise_coordinates
    cross join current_fit
)

select * from coordinates
