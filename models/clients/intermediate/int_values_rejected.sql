with {% for raw_table in raw_columns() -%}
{{ raw_table }} as (
    select * from {{ ref('stg_' ~ raw_table) }}
),

disposed_{{ raw_table }} as (
    select * from {{ ref('int_' ~ raw_table ~ '_disposed') }}
),

{% endfor -%}
contacts as (
    select * from {{ ref('int_contacts_disposed') }}
),

values_listed as (
    {% for raw_table, columns in raw_columns().items() -%}
    {% for column, (_, _, is_rejected_alone) in columns.items()
        if is_rejected_alone -%}
    select
        '{{ raw_table }}' as raw_table,
        {{ raw_table }}.raw_row,
        {{ raw_table }}.{{ owner_column(raw_table) }} as enterprise_id,
        '{{ column }}' as column_name,
        {{ raw_table }}.{{ column }}_rejection as reason,
        disposed_{{ raw_table }}.disposition
    from {{ raw_table }}
    inner join disposed_{{ raw_table }}
        on {{ raw_table }}.raw_row = disposed_{{ raw_table }}.raw_row
    where {{ raw_table }}.{{ column }}_rejection is not null
    union all
    {% endfor -%}
    {% endfor -%}
    {% for column in ['email', 'phone'] -%}
    select
        'contacts' as raw_table,
        raw_row,
        enterprise_id,
        '{{ column }}' as column_name,
        {{ column }}_rejection as reason,
        disposition
    from contacts
    where {{ column }}_rejection is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select * from values_listed
