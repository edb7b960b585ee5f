{#- The columns of each raw table: as delivered, as read by staging, and as what. -#}
{%- set columns_read = {
    'enterprises': [
        ('enterprise_id', 'enterprise_id', 'text'),
        ('enterprise_name', 'enterprise_name', 'text'),
        ('category_name', 'category_key', 'text'),
        ('city_name', 'city_key', 'text'),
        ('postal_code', 'postal_code', 'text'),
        ('is_active', 'is_active', 'yes or no'),
        ('created_at', 'created_on', 'date'),
    ],
    'social_accounts': [
        ('enterprise_id', 'enterprise_id', 'text'),
        ('platform', 'platform_key', 'text'),
        ('followers', 'followers', 'count'),
        ('measured_on', 'measured_on', 'date'),
    ],
    'turnover': [
        ('enterprise_id', 'enterprise_id', 'text'),
        ('fiscal_year', 'fiscal_year', 'year'),
        ('turnover_eur', 'turnover_eur', 'amount'),
    ],
} -%}
{%- set platforms = ['facebook', 'instagram', 'tiktok', 'other'] -%}

with {% for raw_table in columns_read -%}
staged_{{ raw_table }} as (
    select * from {{ ref('stg_' ~ raw_table) }}
),

disposed_{{ raw_table }} as (
    select * from {{ ref('int_' ~ raw_table ~ '_disposed') }}
),

{% endfor -%}
values_rejected as (
    select * from {{ ref('int_values_rejected') }}
),

followers as (
    select * from {{ ref('int_followers_pivoted') }}
),

unlisted_names as (
    select * from {{ ref('int_unlisted_names_counted') }}
),

rules as (
    select * from {{ ref('data_check_rules') }}
),

rejection_reasons as (
    select * from {{ ref('rejection_reasons') }}
),

{% for raw_table, columns in columns_read.items() -%}
values_of_{{ raw_table }} as (
    -- In one scan: staging is a view, and every scan parses the text again.
    select
        {% for column, parsed_column, _ in columns -%}
        count({{ column }}_text) as {{ column }}_written,
        count({{ parsed_column }}) as {{ column }}_read,
        {% endfor -%}
        count(*) as row_count
    from staged_{{ raw_table }}
),

{% endfor -%}
columns_counted as (
    {% for raw_table, columns in columns_read.items() -%}
    {% set last_table = loop.last -%}
    {% for column, _, value_type in columns -%}
    select
        '{{ raw_table }}' as raw_table,
        '{{ column }}' as subject,
        '{{ value_type }}' as value_type,
        row_count,
        {{ column }}_written as written_count,
        {{ column }}_read as read_count
    from values_of_{{ raw_table }}
    {% if not (loop.last and last_table) -%}
    union all
    {% endif -%}
    {% endfor -%}
    {% endfor %}
),

rows_counted as (
    {% for raw_table in columns_read -%}
    select
        '{{ raw_table }}' as raw_table,
        disposition,
        coalesce(deciding_column, 'rows') as deciding_column,
        count(*) as row_count
    from disposed_{{ raw_table }}
    group by disposition, coalesce(deciding_column, 'rows')
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

tables_counted as (
    {% for raw_table in columns_read -%}
    select
        '{{ raw_table }}' as raw_table,
        count(*) filter (where disposition = 'used') as used_count,
        count(*) as row_count
    from disposed_{{ raw_table }}
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

-- In a row that is not used anyway, its single values do not matter.
used_keys as (
    {% for raw_table in columns_read -%}
    select
        '{{ raw_table }}' as raw_table,
        raw_key
    from disposed_{{ raw_table }}
    where disposition = 'used'
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

values_counted as (
    select
        values_rejected.raw_table,
        values_rejected.column_name,
        values_rejected.reason,
        count(*) as value_count
    from values_rejected
    inner join used_keys
        on
            values_rejected.raw_table = used_keys.raw_table
            and values_rejected.raw_key = used_keys.raw_key
    group by
        values_rejected.raw_table, values_rejected.column_name, values_rejected.reason
),

-- Of each enterprise the row that stands for it.
enterprises_counted as (
    select
        count(*) filter (where disposition = 'used') as active_count,
        count(*) as enterprise_count,
        count(*) filter (
            where disposition = 'used' and category_name is not null
        ) as category_count,
        count(*) filter (
            where disposition = 'used' and city_name is not null
        ) as city_count
    from disposed_enterprises
    where disposition not in ('missing_key', 'duplicate')
),

turnover_counted as (
    select count(turnover_eur) as known_count
    from disposed_turnover
    where disposition = 'used'
),

accounts_counted as (
    select
        {% for platform in platforms -%}
        count(*) filter (where has_{{ platform }}_account) as {{ platform }}_count,
        count(followers_{{ platform }}) as {{ platform }}_known,
        {% endfor -%}
        count(*) as enterprise_count,
        count(*) filter (
            where
            has_facebook_account or has_instagram_account or has_tiktok_account
        ) as main_platform_count
    from followers
),

unlisted_counted as (
    select
        name_kind,
        sum(row_count) as row_count
    from unlisted_names
    group by name_kind
),

used_accounts_counted as (
    select used_count
    from tables_counted
    where raw_table = 'social_accounts'
),

names_compared as (
    select
        'category' as name_kind,
        'enterprises' as raw_table,
        'category_name' as subject,
        category_count as named_count
    from enterprises_counted
    union all
    select
        'city' as name_kind,
        'enterprises' as raw_table,
        'city_name' as subject,
        city_count as named_count
    from enterprises_counted
    union all
    select
        'platform' as name_kind,
        'social_accounts' as raw_table,
        'platform' as subject,
        used_count as named_count
    from used_accounts_counted
),

shares_listed as (
    select
        'used_rows' as check_name,
        raw_table,
        'rows' as subject,
        cast(null as string) as value_type,
        used_count as part_count,
        row_count as whole_count
    from tables_counted
    union all
    select
        'written_values' as check_name,
        raw_table,
        subject,
        value_type,
        written_count as part_count,
        row_count as whole_count
    from columns_counted
    union all
    select
        'read_values' as check_name,
        raw_table,
        subject,
        value_type,
        read_count as part_count,
        written_count as whole_count
    from columns_counted
    union all
    select
        concat('row_', rows_counted.disposition) as check_name,
        rows_counted.raw_table,
        rows_counted.deciding_column as subject,
        cast(null as string) as value_type,
        rows_counted.row_count as part_count,
        tables_counted.row_count as whole_count
    from rows_counted
    inner join tables_counted on rows_counted.raw_table = tables_counted.raw_table
    where rows_counted.disposition <> 'used'
    union all
    select
        concat('value_', values_counted.reason) as check_name,
        values_counted.raw_table,
        values_counted.column_name as subject,
        cast(null as string) as value_type,
        values_counted.value_count as part_count,
        tables_counted.used_count as whole_count
    from values_counted
    inner join tables_counted on values_counted.raw_table = tables_counted.raw_table
    union all
    select
        concat('unlisted_', names_compared.name_kind) as check_name,
        names_compared.raw_table,
        names_compared.subject,
        cast(null as string) as value_type,
        coalesce(unlisted_counted.row_count, 0) as part_count,
        names_compared.named_count as whole_count
    from names_compared
    left join unlisted_counted
        on names_compared.name_kind = unlisted_counted.name_kind
    union all
    select
        'active_enterprises' as check_name,
        'enterprises' as raw_table,
        'is_active' as subject,
        cast(null as string) as value_type,
        active_count as part_count,
        enterprise_count as whole_count
    from enterprises_counted
    union all
    -- A model that is kept whatever happens scores as few enterprises as there are.
    select
        'active_enterprises_per_cluster' as check_name,
        'enterprises' as raw_table,
        'n_clusters' as subject,
        cast(null as string) as value_type,
        active_count as part_count,
        {{ 1 if var('refit') == 'never' else var('n_clusters') }} as whole_count
    from enterprises_counted
    union all
    select
        'enterprises_with_account' as check_name,
        'social_accounts' as raw_table,
        'enterprise_id' as subject,
        cast(null as string) as value_type,
        accounts_counted.enterprise_count as part_count,
        enterprises_counted.active_count as whole_count
    from accounts_counted
    cross join enterprises_counted
    union all
    select
        'enterprises_on_main_platforms' as check_name,
        'social_accounts' as raw_table,
        'platform' as subject,
        cast(null as string) as value_type,
        accounts_counted.main_platform_count as part_count,
        enterprises_counted.active_count as whole_count
    from accounts_counted
    cross join enterprises_counted
    union all
    {% for platform in platforms -%}
    select
        'platform_accounts' as check_name,
        'social_accounts' as raw_table,
        '{{ platform }}' as subject,
        cast(null as string) as value_type,
        accounts_counted.{{ platform }}_count as part_count,
        enterprises_counted.active_count as whole_count
    from accounts_counted
    cross join enterprises_counted
    union all
    select
        'known_followers' as check_name,
        'social_accounts' as raw_table,
        '{{ platform }}' as subject,
        cast(null as string) as value_type,
        {{ platform }}_known as part_count,
        {{ platform }}_count as whole_count
    from accounts_counted
    union all
    {% endfor -%}
    select
        'known_category' as check_name,
        'enterprises' as raw_table,
        'category_name' as subject,
        cast(null as string) as value_type,
        category_count as part_count,
        active_count as whole_count
    from enterprises_counted
    union all
    select
        'known_turnover' as check_name,
        'turnover' as raw_table,
        'turnover_eur' as subject,
        cast(null as string) as value_type,
        turnover_counted.known_count as part_count,
        enterprises_counted.active_count as whole_count
    from turnover_counted
    cross join enterprises_counted
),

shares_measured as (
    select
        check_name,
        raw_table,
        subject,
        value_type,
        cast(part_count as bigint) as part_count,
        cast(whole_count as bigint) as whole_count,
        cast(part_count as double) / nullif(whole_count, 0) as value
    from shares_listed
),

shares_judged as (
    select
        shares_measured.check_name,
        shares_measured.raw_table,
        shares_measured.subject,
        shares_measured.value_type,
        shares_measured.part_count,
        shares_measured.whole_count,
        shares_measured.value,
        rules.threshold,
        coalesce(
            case rules.direction
                when 'above' then shares_measured.value > rules.threshold
                when 'below' then shares_measured.value < rules.threshold
            end,
            false
        ) as is_finding,
        rules.is_blocking,
        coalesce(rules.meaning, rejection_reasons.description_en) as meaning,
        coalesce(rules.remedy, rejection_reasons.remedy_en) as remedy
    from shares_measured
    left join rules on shares_measured.check_name = rules.check_name
    left join rejection_reasons on rules.rejection_reason = rejection_reasons.reason
)

select * from shares_judged
