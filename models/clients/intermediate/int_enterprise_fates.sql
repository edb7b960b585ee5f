with disposed as (
    select * from {{ ref('int_enterprises_disposed') }}
),

survivors as (
    select
        enterprise_id,
        disposition
    from disposed
    where
        enterprise_id = surviving_enterprise_id
        and disposition not in ('duplicate', 'conflicting')
),

ids_with_survivor as (
    select distinct
        enterprise_id,
        surviving_enterprise_id
    from disposed
    where enterprise_id is not null
),

fates as (
    select
        ids_with_survivor.enterprise_id,
        ids_with_survivor.surviving_enterprise_id,
        survivors.disposition as survivor_disposition
    from ids_with_survivor
    inner join survivors
        on ids_with_survivor.surviving_enterprise_id = survivors.enterprise_id
)

select * from fates
