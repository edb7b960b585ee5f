with raw_rows as (
    select * from {{ raw_table('social_accounts') }}
),

rows_as_text as (
    select
        cast(enterprise_id as string) as enterprise_id,
        cast(platform as string) as platform,
        cast(followers as string) as followers,
        cast(measured_on as string) as measured_on
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
