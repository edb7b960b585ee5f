{#- A view: it is read where an evaluation is due only. -#}
{{ config(materialized='view') }}
{%- set entry = segmentations()['purchases'] -%}

with sales_lines as (
    select * from {{ ref('int_sales_lines_disposed') }}
),

accounts_sampled as (
    select * from {{ ref('purchases_sample') }}
),

days_observed as (
    {%- for weeks in range(0, 53, 4) %}
    select
        cast({{ as_of() }} - interval '{{ 7 * weeks }}' day as date) as observed_on
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Whose first line is later is no member yet.
lines_known as (
    select
        sales_lines.account_id,
        days_observed.observed_on,
        sales_lines.contract_id,
        sales_lines.product_code,
        sales_lines.sales_eur,
        sales_lines.sold_on,
        sales_lines.country
    from sales_lines
    inner join accounts_sampled
        on sales_lines.account_id = accounts_sampled.member_id
    inner join days_observed on sales_lines.sold_on <= days_observed.observed_on
    where
        sales_lines.disposition = 'used'
        and accounts_sampled.sample_rank <= {{ entry.evaluation_sample_size }}
),

{{ accounts_measured('lines_known', 'observed_on', by=['account_id', 'observed_on']) }}

select * from features
