with raw_rows as (
    select * from {{ raw_table('turnover') }}
),

rows_as_text as (
    select
        cast(enterprise_id as string) as enterprise_id,
        cast(fiscal_year as string) as fiscal_year,
        cast(turnover_eur as string) as turnover_eur
    from raw_rows
),

rows_with_key as (
    select
        {{ raw_key(['enterprise_id', 'fiscal_year', 'turnover_eur']) }} as raw_key,
        enterprise_id,
        fiscal_year,
        turnover_eur
    from rows_as_text
)

select * from rows_with_key
