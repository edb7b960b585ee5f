{#- Columns that a line must have, in the order in which they decide. -#}
{%- set needed = ['quantity', 'unit_price_eur', 'sold_on'] -%}
{#- What a credit and the line that it takes back have in common. -#}
{%- set sale = 'account_id, contract, product_code, unit_price_eur, abs(quantity)' -%}
{%- set in_time = 'partition by ' ~ sale
    ~ ' order by sold_on, quantity desc, digest, raw_row' -%}
{%- set line_content -%}
        concat_ws(
            chr(31),
            lines_attached.account_id,
            coalesce(lines_attached.contract_id, ''),
            coalesce(lines_attached.product_code, ''),
            lines_attached.quantity,
            lines_attached.unit_price_eur,
            lines_attached.sold_on
        )
{%- endset -%}

with sales_lines as (
    select * from {{ ref('stg_sales_lines') }}
),

enterprise_fates as (
    select * from {{ ref('int_enterprise_fates') }}
),

country_aliases as (
    select * from {{ ref('country_aliases') }}
),

-- Two aliases may be one text but for case and accents.
countries as (
    select
        {{ text_key('alias') }} as country_key,
        min(country) as country
    from country_aliases
    group by {{ text_key('alias') }}
),

lines_attached as (
    select
        sales_lines.raw_row,
        sales_lines.digest,
        sales_lines.line_id,
        coalesce(enterprise_fates.surviving_enterprise_id, sales_lines.account_id)
            as account_id,
        sales_lines.contract_id,
        coalesce(sales_lines.product_code, sales_lines.product_name) as product_code,
        sales_lines.product_name,
        sales_lines.quantity,
        sales_lines.unit_price_eur,
        sales_lines.sold_on,
        coalesce(countries.country, upper(sales_lines.country)) as country,
        case
            when sales_lines.account_id is null
                then case sales_lines.account_id_rejection
                    when 'unreadable' then 'unreadable'
                    else 'missing_key'
                end
            {% for column in needed -%}
            when sales_lines.{{ column }} is null
                then coalesce(sales_lines.{{ column }}_rejection, 'missing_value')
            {% endfor -%}
            when
                abs(sales_lines.quantity) * cast(sales_lines.unit_price_eur as double)
                > {{ largest_amount() }}
                then 'out_of_range'
        end as value_rejection,
        case
            when sales_lines.account_id is null then 'account_id'
            {% for column in needed -%}
            when sales_lines.{{ column }} is null then '{{ column }}'
            {% endfor -%}
            else 'unit_price_eur'
        end as value_column
    from sales_lines
    left join enterprise_fates
        on sales_lines.account_id = enterprise_fates.enterprise_id
    left join countries
        on {{ text_key('sales_lines.country') }} = countries.country_key
),

-- Nearly all ids are of one line, and a window over all lines costs what all else does.
ids_repeated as (
    select line_id
    from lines_attached
    where value_rejection is null and line_id is not null
    group by line_id
    having count(*) > 1
),

-- Of the lines with one id the first by date; a credit may have the id of its sale.
ids_ranked as (
    select
        lines_attached.raw_row,
        {{ line_content }} as line_content,
        row_number() over first_of_id as id_rank,
        first_value({{ line_content }}) over first_of_id as first_content
    from lines_attached
    inner join ids_repeated using (line_id)
    where lines_attached.value_rejection is null
    window first_of_id as (
        partition by lines_attached.line_id, lines_attached.quantity > 0
        order by
            lines_attached.sold_on asc,
            lines_attached.digest asc,
            lines_attached.raw_row asc
    )
),

lines_once as (
    select
        lines_attached.raw_row,
        lines_attached.digest,
        lines_attached.account_id,
        lines_attached.contract_id,
        lines_attached.product_code,
        lines_attached.unit_price_eur,
        lines_attached.quantity,
        lines_attached.sold_on
    from lines_attached
    left join ids_ranked using (raw_row)
    where
        lines_attached.value_rejection is null
        and coalesce(ids_ranked.id_rank, 1) = 1
        and lines_attached.product_code is not null
),

-- Most sales have no credit: only what has one is counted.
credited_sales as (
    select distinct
        account_id,
        coalesce(contract_id, '') as contract,
        product_code,
        unit_price_eur,
        -quantity as quantity
    from lines_once
    where quantity < 0
),

lines_credited as (
    select
        lines_once.raw_row,
        lines_once.digest,
        lines_once.account_id,
        credited_sales.contract,
        lines_once.product_code,
        lines_once.unit_price_eur,
        lines_once.quantity,
        lines_once.sold_on
    from lines_once
    inner join credited_sales
        on
            lines_once.account_id = credited_sales.account_id
            and coalesce(lines_once.contract_id, '') = credited_sales.contract
            and lines_once.product_code = credited_sales.product_code
            and lines_once.unit_price_eur = credited_sales.unit_price_eur
            and abs(lines_once.quantity) = credited_sales.quantity
),

-- As brackets are matched: a sale opens, a credit of that day or later closes.
lines_balanced as (
    select
        raw_row,
        digest,
        account_id,
        contract,
        product_code,
        unit_price_eur,
        quantity,
        sold_on,
        sum(sign(quantity)) over (
            {{ in_time }} rows between unbounded preceding and current row
        ) as open_sales
    from lines_credited
),

credits_matched as (
    select
        raw_row,
        digest,
        account_id,
        contract,
        product_code,
        unit_price_eur,
        quantity,
        sold_on,
        quantity < 0
        and open_sales >= least(
            coalesce(
                min(open_sales) over (
                    {{ in_time }} rows between unbounded preceding and 1 preceding
                ), 0
            ), 0
        ) as is_closing
    from lines_balanced
),

cancellations_found as (
    select
        raw_row,
        is_closing
        or row_number() over (
            partition by {{ sale }}, quantity > 0 order by sold_on, digest, raw_row
        ) <= sum(case when is_closing then 1 else 0 end) over (partition by {{ sale }})
        and quantity > 0 as is_cancelled
    from credits_matched
),

lines_disposed as (
    select
        lines_attached.raw_row,
        lines_attached.line_id,
        lines_attached.account_id,
        lines_attached.contract_id,
        lines_attached.product_code,
        lines_attached.product_name,
        lines_attached.quantity,
        lines_attached.unit_price_eur,
        cast(
            case
                when lines_attached.value_rejection is null
                    then lines_attached.quantity * lines_attached.unit_price_eur
            end as decimal(18, 2)
        ) as sales_eur,
        lines_attached.sold_on,
        lines_attached.country,
        case
            when lines_attached.value_rejection is not null
                then lines_attached.value_rejection
            when
                ids_ranked.id_rank > 1
                and ids_ranked.line_content = ids_ranked.first_content
                then 'duplicate'
            when ids_ranked.id_rank > 1 then 'conflicting'
            when cancellations_found.is_cancelled then 'cancelled'
            when lines_attached.quantity <= 0 then 'not_positive'
            else 'used'
        end as disposition,
        case
            when disposition = 'used' then null
            when lines_attached.value_rejection is not null
                then lines_attached.value_column
            when disposition in ('duplicate', 'conflicting') then 'line_id'
            else 'quantity'
        end as deciding_column
    from lines_attached
    left join ids_ranked using (raw_row)
    left join cancellations_found using (raw_row)
)

select * from lines_disposed
