{%- set raw_tables = raw_columns().keys() | list + ['contacts'] -%}

with {% for raw_table in raw_tables -%}
{{ raw_table }} as (
    select * from {{ ref('int_' ~ raw_table ~ '_disposed') }}
),

{{ keyed_rows(raw_table) }},

{% endfor -%}
values_rejected as (
    select * from {{ ref('int_values_rejected') }}
),

rejection_reasons as (
    select * from {{ ref('rejection_reasons') }}
),

rows_and_values_listed as (
    {% for raw_table in raw_tables -%}
    select
        '{{ raw_table }}' as raw_table,
        raw_row,
        {{ owner_column(raw_table) }} as enterprise_id,
        deciding_column as column_name,
        disposition as reason,
        true as is_whole_row
    from {{ raw_table }}
    where disposition <> 'used'
    union all
    {% endfor -%}
    -- In a row that was not used anyway, its single values do not matter.
    select
        raw_table,
        raw_row,
        enterprise_id,
        column_name,
        reason,
        false as is_whole_row
    from values_rejected
    where disposition = 'used'
),

rows_keyed as (
    {% for raw_table in raw_tables -%}
    select
        listed.raw_table,
        {{ raw_table }}_keyed.raw_key,
        listed.enterprise_id,
        listed.column_name,
        {% if raw_table in raw_columns() -%}
        case listed.column_name
            {%- for column in raw_columns()[raw_table] %}
            when '{{ column }}' then {{ raw_table }}_keyed.{{ column }}
            {%- endfor %}
        end as raw_value,
        {% else -%}
        -- What a contact has there is not known any more.
        cast(null as string) as raw_value,
        {% endif -%}
        listed.reason,
        listed.is_whole_row
    from rows_and_values_listed as listed
    inner join {{ raw_table }}_keyed
        on listed.raw_row = {{ raw_table }}_keyed.raw_row
    where listed.raw_table = '{{ raw_table }}'
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

reasons_explained as (
    select
        rows_keyed.raw_table,
        rows_keyed.raw_key,
        rows_keyed.enterprise_id,
        rows_keyed.column_name,
        -- Where and since when somebody trades is not published.
        case
            when rows_keyed.column_name not in ('postal_code', 'created_at')
                then {{ trimmed_text('rows_keyed.raw_value') }}
        end as raw_value,
        rows_keyed.reason,
        rejection_reasons.description_{{ var('language') }} as reason_description,
        rejection_reasons.remedy_{{ var('language') }} as remedy,
        rows_keyed.is_whole_row
    from rows_keyed
    left join rejection_reasons using (reason)
)

select * from reasons_explained
