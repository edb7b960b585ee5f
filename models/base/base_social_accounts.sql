with raw_rows as (
    select * from {{ raw_table('social_accounts') }}
),

rows_as_text as (
    select
        cast(enterprise_id as varchar) as enterprise_id,
        cast(platform as varchar) as platform,
        cast(followers as varchar) as followers,
        cast(measured_on as varchar) as measured_on
    from raw_rows
),

rows_with_key as (
    select
        {{ raw_key(['enterprise_id', 'platform', 'followers', 'measured_on']) }}
            as raw_key,
        enterprise_id,
        platform,
        followers,
        measured_on
    from rows_as_text
)

select * from rows_with_key
