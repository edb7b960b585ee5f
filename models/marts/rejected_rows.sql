{%- set raw_tables = ['enterprises', 'social_accounts', 'turnover'] -%}

with {% for raw_table in raw_tables -%}
{{ raw_table }} as (
    select * from {{ ref('int_' ~ raw_table ~ '_disposed') }}
),

{% endfor -%}
values_rejected as (
    select * from {{ ref('int_values_rejected') }}
),

rows_disposed as (
    {% for raw_table in raw_tables -%}
    select
        '{{ raw_table }}' as raw_table,
        raw_key,
        enterprise_id,
        deciding_column as column_name,
        deciding_value as raw_value,
        disposition
    from {{ raw_table }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

rows_and_values_listed as (
    select
        raw_table,
        raw_key,
        enterprise_id,
        column_name,
        raw_value,
        disposition as reason,
        true as is_whole_row
    from rows_disposed
    where disposition <> 'used'
    union all
    -- In a row that was not used anyway, its single values do not matter.
    select
        values_rejected.raw_table,
        values_rejected.raw_key,
        values_rejected.enterprise_id,
        values_rejected.column_name,
        values_rejected.raw_value,
        values_rejected.reason,
        false as is_whole_row
    from values_rejected
    inner join rows_disposed
        on
            values_rejected.raw_table = rows_disposed.raw_table
            and values_rejected.raw_key = rows_disposed.raw_key
    where rows_disposed.disposition = 'used'
)

select * from rows_and_values_listed
