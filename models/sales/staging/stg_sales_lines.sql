with raw_rows as (
    select * from {{ ref('base_sales_lines') }}
),

{% for column in ['product_code', 'product_name', 'country'] -%}
{{ parsed_values(column, [
    {'prepared': plain_name(column ~ '_text')},
    {column ~ '_read': known_text('prepared')},
    {column ~ '_rejection': value_rejection(column, column ~ '_read')},
]) }},

{% endfor -%}
{{ parsed_number(
    'quantity', 'quantity_read', number_text(ascii_text(known_text('quantity_text')), ''),
    parse_amount('prepared', decimals=3), is_plausible_quantity('parsed')
) }},

{{ parsed_number(
    'unit_price_eur', 'unit_price_eur_read',
    amount_text(ascii_text(known_text('unit_price_eur_text'))),
    parse_amount('prepared', decimals=4), is_plausible_price('parsed')
) }},

{{ parsed_date('sold_on', 'sold_on_read') }},

{{ parsed_ids(
    ['line_id', 'account_id', 'contract_id'],
    beside=[
        'product_code', 'product_name', 'quantity', 'unit_price_eur', 'sold_on', 'country',
    ],
    digest=row_digest('sales_lines', 'raw_rows')
) }},

values_judged as (
    select
        ids_parsed.raw_row,
        ids_parsed.digest,
        product_code_values.product_code_text,
        product_name_values.product_name_text,
        quantity_values.quantity_text,
        unit_price_eur_values.unit_price_eur_text,
        sold_on_values.sold_on_text,
        country_values.country_text,
        ids_parsed.line_id_read as line_id,
        ids_parsed.account_id_read as account_id,
        ids_parsed.contract_id_read as contract_id,
        product_code_values.product_code_read as product_code,
        product_name_values.product_name_read as product_name,
        quantity_values.quantity_read as quantity,
        unit_price_eur_values.unit_price_eur_read as unit_price_eur,
        sold_on_values.sold_on_read as sold_on,
        country_values.country_read as country,
        {{ value_rejection('line_id', 'ids_parsed.line_id_read') }}
            as line_id_rejection,
        {{ value_rejection('account_id', 'ids_parsed.account_id_read') }}
            as account_id_rejection,
        {{ value_rejection('contract_id', 'ids_parsed.contract_id_read') }}
            as contract_id_rejection,
        product_code_values.product_code_rejection,
        product_name_values.product_name_rejection,
        quantity_values.quantity_rejection,
        unit_price_eur_values.unit_price_eur_rejection,
        sold_on_values.sold_on_rejection,
        country_values.country_rejection
    from ids_parsed
    left join product_code_values using (product_code)
    left join product_name_values using (product_name)
    left join quantity_values using (quantity)
    left join unit_price_eur_values using (unit_price_eur)
    left join sold_on_values using (sold_on)
    left join country_values using (country)
)

select * from values_judged
