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

rejection_reasons as (
    select * from {{ ref('rejection_reasons') }}
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
),

reasons_explained as (
    select
        rows_and_values_listed.raw_table,
        rows_and_values_listed.raw_key,
        rows_and_values_listed.enterprise_id,
        rows_and_values_listed.column_name,
        rows_and_values_listed.raw_value,
        rows_and_values_listed.reason,
        rejection_reasons.description_{{ var('language') }} as reason_description,
        rejection_reasons.remedy_{{ var('language') }} as remedy,
        rows_and_values_listed.is_whole_row
    from rows_and_values_listed
    left join rejection_reasons
        on rows_and_values_listed.reason = rejection_reasons.reason
)

select * from reasons_explained
