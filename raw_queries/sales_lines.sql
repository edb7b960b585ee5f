-- One row per line of an order or invoice. As it stands it returns none, and the
-- segmentation of accounts is left out; write it as the other queries are written, with
-- the id of a client as account_id.
select
    null as line_id,
    null as account_id,
    null as contract_id,
    null as product_code,
    null as product_name,
    null as quantity,
    null as unit_price_eur,
    null as sold_on,
    null as country
where false
