with enterprises as (
    select * from {{ ref('stg_enterprises') }}
),

deduplicated as (
    select * from {{ ref('int_enterprises_deduplicated') }}
),

rows_disposed as (
    select
        enterprises.raw_key,
        enterprises.enterprise_id,
        deduplicated.surviving_enterprise_id,
        deduplicated.enterprise_name,
        deduplicated.category_name,
        deduplicated.category_group,
        deduplicated.city_name,
        deduplicated.created_on,
        case
            when enterprises.enterprise_id is null then 'missing_key'
            when deduplicated.duplicate_by is not null then 'duplicate'
            when deduplicated.is_active is null then 'activity_unknown'
            when not deduplicated.is_active then 'inactive'
            else 'used'
        end as disposition,
        case
            when enterprises.enterprise_id is null then 'enterprise_id'
            when deduplicated.duplicate_by is not null then deduplicated.duplicate_by
            when deduplicated.is_active is not true then 'is_active'
        end as deciding_column
    from enterprises
    left join deduplicated on enterprises.raw_key = deduplicated.raw_key
),

deciding_values_added as (
    select
        rows_disposed.raw_key,
        rows_disposed.enterprise_id,
        rows_disposed.surviving_enterprise_id,
        rows_disposed.enterprise_name,
        rows_disposed.category_name,
        rows_disposed.category_group,
        rows_disposed.city_name,
        rows_disposed.created_on,
        rows_disposed.disposition,
        rows_disposed.deciding_column,
        case rows_disposed.deciding_column
            when 'enterprise_id' then enterprises.enterprise_id_text
            when 'enterprise_name' then enterprises.enterprise_name_text
            when 'is_active' then enterprises.is_active_text
        end as deciding_value
    from rows_disposed
    inner join enterprises on rows_disposed.raw_key = enterprises.raw_key
)

select * from deciding_values_added
