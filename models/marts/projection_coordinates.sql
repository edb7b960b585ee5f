{{ member_coordinates('visibility') }},

current_fits as (
    select *
    from {{ ref('current_fits') }}
    where segmentation = 'visibility'
),

coordinates as (
    select
        current_fits.fit_id,
        projected.member_id as enterprise_id,
        projected.component,
        projected.coordinate
    from projected
    cross join current_fits
)

select * from coordinates
