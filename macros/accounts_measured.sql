{#- Two steps, accounts_counted and features: what account_features says of each account
    on a day, by the lines of a step, whose other columns `by` tell rows apart. -#}
{% macro accounts_measured(lines, today, by=['account_id']) -%}
accounts_counted as (
    select
        {{ by | join(',\n        ') }},
        cast(sum(sales_eur) as decimal(18, 2)) as total_sales_eur,
        count(distinct contract_id) as contract_count,
        count(*) filter (where contract_id is null) as line_without_contract_count,
        count(distinct sold_on) as purchase_day_count,
        min(sold_on) as first_sold_on,
        max(sold_on) as last_sold_on,
        count(distinct product_code) as distinct_product_count,
        max_by(country, concat(sold_on, country)) filter (where country is not null)
            as country
    from {{ lines }}
    group by {{ by | join(', ') }}
),

features as (
    select
        {{ by | join(',\n        ') }},
        total_sales_eur,
        contract_count + line_without_contract_count as order_count,
        case
            when line_without_contract_count = 0 then 'contracts'
            when contract_count = 0 then 'lines'
            else 'contracts_and_lines'
        end as orders_counted_by,
        cast(total_sales_eur as double)
        / (contract_count + line_without_contract_count) as avg_order_value_eur,
        purchase_day_count,
        first_sold_on,
        last_sold_on,
        {% for name, day in {'recency_days': 'last', 'tenure_days': 'first'}.items() -%}
        -- A line of tomorrow is of today elsewhere.
        greatest(cast({{ days_between(day ~ '_sold_on', today) }} as integer), 0)
            as {{ name }},
        {% endfor -%}
        distinct_product_count,
        country
    from accounts_counted
)
{%- endmacro %}
