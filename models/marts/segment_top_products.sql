with sales_lines as (
    select * from {{ ref('int_sales_lines_disposed') }}
),

accounts as (
    select * from {{ ref('account_segments') }}
),

lines_of_segments as (
    select
        accounts.segment_key,
        accounts.segment_name,
        sales_lines.account_id,
        sales_lines.product_code,
        sales_lines.product_name,
        sales_lines.sales_eur
    from sales_lines
    inner join accounts using (account_id)
    where sales_lines.disposition = 'used' and sales_lines.product_code is not null
),

-- The most frequent spelling.
names_ranked as (
    select
        product_code,
        product_name,
        row_number() over (
            partition by product_code order by count(*) desc, product_name asc
        ) as name_rank
    from lines_of_segments
    where product_name is not null
    group by product_code, product_name
),

products_counted as (
    select
        segment_key,
        segment_name,
        product_code,
        count(*) as line_count,
        count(distinct account_id) as account_count,
        sum(sales_eur) as sales_eur
    from lines_of_segments
    group by segment_key, segment_name, product_code
),

products_totalled as (
    select
        sum(line_count) as line_count,
        -- Sums of decimals have no last bits.
        cast(sum(sales_eur) as double) as sales_eur
    from products_counted
),

products_compared as (
    select
        products.segment_key,
        products.segment_name,
        products.product_code,
        products.line_count,
        products.account_count,
        products.sales_eur,
        cast(products.line_count as double)
        / sum(products.line_count) over (partition by products.segment_key)
            as line_share,
        cast(
            sum(products.line_count) over (partition by products.product_code) as double
        )
        / totals.line_count as population_line_share,
        cast(products.sales_eur as double)
        / nullif(
            cast(
                sum(products.sales_eur) over (partition by products.segment_key)
                as double
            ),
            0
        ) as sales_share,
        cast(
            sum(products.sales_eur) over (partition by products.product_code) as double
        )
        / nullif(totals.sales_eur, 0) as population_sales_share
    from products_counted as products
    cross join products_totalled as totals
),

products_listed as (
    {% for ranked_by, figure, share in [
        ('lines', 'line_count', 'line_share'), ('sales', 'sales_eur', 'sales_share')
    ] -%}
    select
        segment_key,
        segment_name,
        '{{ ranked_by }}' as ranked_by,
        row_number() over (
            partition by segment_key order by {{ figure }} desc, product_code asc
        ) as product_rank,
        product_code,
        line_count,
        account_count,
        sales_eur,
        {{ share }} as segment_share,
        population_{{ share }} as population_share
    from products_compared
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

top_products as (
    select
        products_listed.segment_key,
        products_listed.segment_name,
        products_listed.ranked_by,
        cast(products_listed.product_rank as bigint) as product_rank,
        products_listed.product_code,
        coalesce(names_ranked.product_name, products_listed.product_code)
            as product_name,
        products_listed.line_count,
        products_listed.account_count,
        cast(products_listed.sales_eur as decimal(18, 2)) as sales_eur,
        products_listed.segment_share,
        products_listed.population_share,
        products_listed.segment_share / nullif(products_listed.population_share, 0)
            as lift
    from products_listed
    left join names_ranked
        on
            products_listed.product_code = names_ranked.product_code
            and names_ranked.name_rank = 1
    where products_listed.product_rank <= 5
)

select * from top_products
