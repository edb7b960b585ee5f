with raw_rows as (
    select * from {{ raw_table('enterprises') }}
),

rows_as_text as (
    select
        cast(enterprise_id as string) as enterprise_id,
        cast(enterprise_name as string) as enterprise_name,
        cast(category_name as string) as category_name,
        cast(city_name as string) as city_name,
        cast(postal_code as string) as postal_code,
        cast(is_active as string) as is_active,
        cast(created_at as string) as created_at
    from raw_rows
),

rows_with_key as (
    select
        {{ raw_key([
            'enterprise_id',
            'enterprise_name',
            'category_name',
            'city_name',
            'postal_code',
            'is_active',
            'created_at',
        ]) }} as raw_key,
        enterprise_id,
        enterprise_name,
        category_name,
        city_name,
        postal_code,
        is_active,
        created_at
    from rows_as_text
)

select * from rows_with_key
