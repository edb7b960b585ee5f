{{ config(materialized='view') }}

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

ids_merged as (
    select distinct
        enterprise_id,
        surviving_enterprise_id
    from disposed
    where enterprise_id <> surviving_enterprise_id
),

fates as (
    select
        enterprise_id,
        enterprise_id as surviving_enterprise_id,
        disposition as survivor_disposition
    from survivors
    union all
    select
        ids_merged.enterprise_id,
        ids_merged.surviving_enterprise_id,
        survivors.disposition as survivor_disposition
    from ids_merged
    inner join survivors
        on ids_merged.surviving_enterprise_id = survivors.enterprise_id
)

select * from fates
