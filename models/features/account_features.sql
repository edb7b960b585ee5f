{%- set today = 'cast(' ~ as_of() ~ ' as date)' -%}

with sales_lines as (
    select * from {{ ref('int_sales_lines_disposed') }}
),

-- A line without a contract is an order of its own.
lines_used as (
    select
        account_id,
        contract_id,
        product_code,
        sales_eur,
        sold_on,
        country
    from sales_lines
    where disposition = 'used'
),

{{ accounts_measured('lines_used', today) }}

select * from features
