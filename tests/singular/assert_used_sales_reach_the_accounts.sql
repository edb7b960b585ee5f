{{ config(enabled=('purchases' in var('segmentations'))) }}

-- A join that drops or multiplies lines would change these sums: accounts, orders and
-- sales that cleaning used are those of the mart.
with orders as (
    select
        account_id,
        coalesce(contract_id, cast(raw_row as string)) as order_id,
        sum(sales_eur) as sales_eur
    from {{ ref('int_sales_lines_disposed') }}
    where disposition = 'used'
    group by account_id, coalesce(contract_id, cast(raw_row as string))
)

select
    count(distinct account_id) as account_count,
    count(*) as order_count,
    coalesce(sum(sales_eur), 0) as total_sales_eur
from orders
except
select
    count(*) as account_count,
    coalesce(sum(order_count), 0) as order_count,
    coalesce(sum(total_sales_eur), 0) as total_sales_eur
from {{ ref('account_segments') }}
