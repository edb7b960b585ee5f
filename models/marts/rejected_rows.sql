with {% for raw_table in raw_columns() -%}
{{ raw_table }} as (
    select * from {{ ref('int_' ~ raw_table ~ '_disposed') }}
),

{% endfor -%}
contacts as (
    select * from {{ ref('int_contacts_disposed') }}
),

values_rejected as (
    select * from {{ ref('int_values_rejected') }}
),

rejection_reasons as (
    select * from {{ ref('rejection_reasons') }}
),

rows_and_values_listed as (
    {% for raw_table in raw_columns() -%}
    select
        '{{ raw_table }}' as raw_table,
        raw_key,
        {{ owner_column(raw_table) }} as enterprise_id,
        deciding_column as column_name,
        deciding_value as raw_value,
        disposition as reason,
        true as is_whole_row
    from {{ raw_table }}
    where disposition <> 'used'
    union all
    {% endfor -%}
    -- What a contact has there is not known any more.
    select
        'contacts' as raw_table,
        raw_key,
        enterprise_id,
        deciding_column as column_name,
        cast(null as string) as raw_value,
        disposition as reason,
        true as is_whole_row
    from contacts
    where disposition <> 'used'
    union all
    -- In a row that was not used anyway, its single values do not matter.
    select
        raw_table,
        raw_key,
        enterprise_id,
        column_name,
        raw_value,
        reason,
        false as is_whole_row
    from values_rejected
    where disposition = 'used'
),

reasons_explained as (
    select
        rows_and_values_listed.raw_table,
        rows_and_values_listed.raw_key,
        rows_and_values_listed.enterprise_id,
        rows_and_values_listed.column_name,
        -- Where and since when somebody trades is not published.
        case
            when rows_and_values_listed.column_name not in ('postal_code', 'created_at')
                then rows_and_values_listed.raw_value
        end as raw_value,
        rows_and_values_listed.reason,
        rejection_reasons.description_{{ var('language') }} as reason_description,
        rejection_reasons.remedy_{{ var('language') }} as remedy,
        rows_and_values_listed.is_whole_row
    from rows_and_values_listed
    left join rejection_reasons using (reason)
)

select * from reasons_explained
