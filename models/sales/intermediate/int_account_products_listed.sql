with sales_lines as (
    select * from {{ ref('int_sales_lines_disposed') }}
),

products_summed as (
    select
        account_id,
        product_code,
        coalesce(max(product_name), product_code) as product_name,
        sum(sales_eur) as sales_eur
    from sales_lines
    where disposition = 'used' and product_code is not null
    group by account_id, product_code
),

products_ranked as (
    select
        account_id,
        product_name,
        row_number() over (
            partition by account_id order by sales_eur desc, product_code asc
        ) as product_rank
    from products_summed
),

products_listed as (
    select
        account_id,
        {{ joined_texts('product_name', ' · ', 'product_rank') }} as top_products
    from products_ranked
    where product_rank <= 3
    group by account_id
)

select * from products_listed
