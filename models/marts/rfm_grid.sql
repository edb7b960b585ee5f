with accounts as (
    select * from {{ ref('account_segments') }}
),

-- A cell of nobody is shown as well.
cells as (
    {% for recency_score in range(1, 6) -%}
    {% set is_last = loop.last -%}
    {% for frequency_score in range(1, 6) -%}
    select
        {{ recency_score }} as recency_score,
        {{ frequency_score }} as frequency_score
    where exists (select 1 from accounts)
    {{ 'union all' if not (loop.last and is_last) }}
    {% endfor -%}
    {% endfor %}
),

grid as (
    select
        cells.recency_score,
        cells.frequency_score,
        count(accounts.account_id) as account_count,
        cast(count(accounts.account_id) as double)
        / (select count(every.account_id) from accounts as every) as account_share,
        cast(coalesce(sum(accounts.total_sales_eur), 0) as decimal(18, 2))
            as total_sales_eur,
        cast(sum(accounts.total_sales_eur) as double)
        / nullif(count(accounts.account_id), 0) as mean_total_sales_eur
    from cells
    left join accounts using (recency_score, frequency_score)
    group by cells.recency_score, cells.frequency_score
)

select * from grid
