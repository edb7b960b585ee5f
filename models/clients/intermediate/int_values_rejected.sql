{%- set parsed_columns = parsed_columns() -%}

with enterprises as (
    select * from {{ ref('stg_enterprises') }}
),

social_accounts as (
    select * from {{ ref('stg_social_accounts') }}
),

turnover as (
    select * from {{ ref('stg_turnover') }}
),

values_listed as (
    {% for raw_table, columns in parsed_columns.items() -%}
    {% set last_table = loop.last -%}
    {% for column in columns -%}
    select
        '{{ raw_table }}' as raw_table,
        raw_key,
        enterprise_id,
        '{{ column }}' as column_name,
        {{ column }}_text as raw_value,
        {{ column }}_rejection as reason
    from {{ raw_table }}
    where {{ column }}_rejection is not null
    {% if not (loop.last and last_table) -%}
    union all
    {% endif -%}
    {% endfor -%}
    {% endfor %}
)

select * from values_listed
