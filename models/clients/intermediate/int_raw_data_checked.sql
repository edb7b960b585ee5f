{%- set platforms = ['facebook', 'instagram', 'tiktok', 'other'] -%}
{#- Counts of `totals` against one another: check, table, subject, part and whole. A
    model that is kept whatever happens scores as few enterprises as there are. -#}
{%- set shares = [
    ('active_enterprises', 'enterprises', 'is_active', 'active', 'enterprises'),
    ('active_enterprises_per_cluster', 'enterprises', 'n_clusters', 'active',
        1 if var('refit') == 'never' else var('n_clusters')),
    ('known_category', 'enterprises', 'category_name', 'with_category', 'active'),
    ('known_turnover', 'turnover', 'turnover_eur', 'with_turnover', 'active'),
    ('enterprises_with_account', 'social_accounts', 'enterprise_id', 'with_account',
        'active'),
    ('enterprises_on_main_platforms', 'social_accounts', 'platform',
        'on_main_platform', 'active'),
    ('published_enterprises_kept', 'enterprises', 'rows', 'kept', 'published'),
    ('published_enterprises_multiplied', 'enterprises', 'rows', 'active', 'published'),
    ('shared_ids', 'enterprises', 'enterprise_id', 'shared_ids', 'ids'),
    ('merged_although_created_otherwise', 'enterprises', 'enterprise_name',
        'created_otherwise', 'ids'),
    ('merged_although_measured_otherwise', 'enterprises', 'enterprise_name',
        'measured_otherwise', 'ids'),
    ('unseen_category', 'enterprises', 'category_name', 'unseen', 'with_model_category'),
    ('unlisted_category', 'enterprises', 'category_name', 'unlisted_category',
        'with_category'),
    ('unlisted_city', 'enterprises', 'city_name', 'unlisted_city', 'with_city'),
    ('unlisted_platform', 'social_accounts', 'platform', 'unlisted_platform',
        'used_accounts'),
] -%}
{#- Of these staging has what is read, or why nothing is. -#}
{%- set texts_not_kept = [
    'enterprise_id', 'enterprise_name', 'line_id', 'account_id', 'contract_id'
] -%}
{%- set has_sales = 'sales_lines' in raw_columns() -%}
{%- if has_sales -%}
    {%- do shares.extend([
        ('published_accounts_kept', 'sales_lines', 'rows', 'kept_accounts',
            'published_accounts'),
        ('published_accounts_multiplied', 'sales_lines', 'rows', 'used_accounts_found',
            'published_accounts'),
    ]) -%}
{%- endif -%}
{%- for platform in platforms -%}
    {%- do shares.append(('platform_accounts', 'social_accounts', platform,
        'on_' ~ platform, 'active')) -%}
    {%- do shares.append(('known_followers', 'social_accounts', platform,
        'known_on_' ~ platform, 'on_' ~ platform)) -%}
{%- endfor -%}

with {% for raw_table in raw_columns() -%}
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

published_parameters as (
    select * from {{ ref('published_parameters') }}
),

published_members as (
    select * from {{ source('previous_publication', 'member_segments') }}
),

rules as (
    select * from {{ ref('data_check_rules') }}
),

rejection_reasons as (
    select * from {{ ref('rejection_reasons') }}
),

columns_counted as (
    {% for raw_table, columns in raw_columns().items() -%}
    {% set last_table = loop.last -%}
    {% for column, (staged_column, value_type, is_rejected_alone)
        in columns.items() -%}
    select
        '{{ raw_table }}' as raw_table,
        '{{ column }}' as subject,
        '{{ value_type }}' as value_type,
        {{ is_rejected_alone | lower }} as is_rejected_alone,
        count(*) as row_count,
        {% if column in texts_not_kept -%}
        count({{ column }}) + count({{ column }}_rejection) as written_count,
        {% else -%}
        count({{ column }}_text) as written_count,
        {% endif -%}
        count({{ staged_column }}) as read_count
    from staged_{{ raw_table }}
    {% if not (loop.last and last_table) -%}
    union all
    {% endif -%}
    {% endfor -%}
    {% endfor %}
),

tables_counted as (
    {% for raw_table in raw_columns() -%}
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

rejections_counted as (
    {% for raw_table in raw_columns() -%}
    select
        concat('row_', disposition) as check_name,
        '{{ raw_table }}' as raw_table,
        deciding_column as subject,
        true as is_whole_row,
        count(*) as rejected_count
    from disposed_{{ raw_table }}
    where disposition <> 'used'
    group by disposition, deciding_column
    union all
    {% endfor -%}
    -- In a row that is not used anyway, its single values do not matter.
    select
        concat('value_', reason) as check_name,
        raw_table,
        column_name as subject,
        false as is_whole_row,
        count(*) as rejected_count
    from values_rejected
    where disposition = 'used'
    group by reason, raw_table, column_name
),

-- Of each enterprise the row that stands for it.
enterprises_counted as (
    select
        count(*) as enterprises,
        count(*) filter (where disposition = 'used') as active,
        count(category_name) filter (where disposition = 'used') as with_category,
        count(city_name) filter (where disposition = 'used') as with_city
    from disposed_enterprises
    where
        disposition not in ('unreadable', 'missing_key', 'duplicate', 'conflicting')
),

turnover_counted as (
    select
        count(distinct surviving_enterprise_id) filter (where turnover_eur is not null)
            as with_turnover
    from disposed_turnover
    where disposition = 'used'
),

ids_counted as (
    select
        count(distinct enterprise_id) as ids,
        count(distinct enterprise_id) filter (where disposition = 'conflicting')
            as shared_ids,
        count(distinct enterprise_id) filter (where is_created_otherwise)
            as created_otherwise,
        count(distinct enterprise_id) filter (where is_measured_otherwise)
            as measured_otherwise
    from disposed_enterprises
),

-- Nobody, where the user has confirmed that so many may come or go.
published_counted as (
    select
        count(distinct published_members.member_id) as published,
        count(distinct disposed_enterprises.enterprise_id) as kept
    from published_members
    left join disposed_enterprises
        on
            published_members.member_id = disposed_enterprises.enterprise_id
            and disposed_enterprises.disposition = 'used'
    where
        published_members.segmentation
        in ('{{ segmentations_of("enterprise_id") | join("', '") }}')
        and not {{ var('confirm_size') | lower }}
),

{% if has_sales -%}
accounts_found as (
    select distinct account_id
    from disposed_sales_lines
    where disposition = 'used'
),

-- Nobody here as well, once that is confirmed.
published_accounts as (
    select member_id
    from published_members
    where segmentation = 'purchases' and not {{ var('confirm_size') | lower }}
),

published_accounts_counted as (
    select
        count(published_accounts.member_id) as published_accounts,
        count(*) filter (
            where accounts_found.account_id = published_accounts.member_id
        ) as kept_accounts,
        count(accounts_found.account_id) as used_accounts_found
    from accounts_found
    full outer join published_accounts
        on accounts_found.account_id = published_accounts.member_id
),

{% endif -%}
-- What the published model knows, if there is one that has this feature.
model_levels as (
    select distinct feature_level as category_name
    from published_parameters
    where
        segmentation in ('{{ segmentations_of("enterprise_id") | join("', '") }}')
        and parameter = 'centroid'
        and feature_name = 'category_name'
),

levels_counted as (
    select count(*) as level_count
    from model_levels
),

-- Of nobody where there is no such model.
unseen_counted as (
    select
        count(*) filter (where model_levels.category_name is null) as unseen,
        count(*) as with_model_category
    from disposed_enterprises
    cross join levels_counted
    left join model_levels
        on disposed_enterprises.category_name = model_levels.category_name
    where
        disposed_enterprises.disposition = 'used'
        and disposed_enterprises.category_name is not null
        and levels_counted.level_count > 0
),

-- Values that tell how the others of their column are to be read, or that they were
-- not written as they stand here.
suspicions_counted as (
    {% for column in ['enterprise_name', 'category_name', 'city_name'] -%}
    select
        'garbled_text' as check_name,
        'enterprises' as raw_table,
        '{{ column }}' as subject,
        count(*) filter (where {{ garbled_text(column) }})
            as part_count,
        count({{ column }}) as whole_count
    from staged_enterprises
    union all
    {% endfor -%}
    {% for raw_table, column in [
        ('enterprises', 'created_at'), ('social_accounts', 'measured_on')
    ] + ([('sales_lines', 'sold_on')] if has_sales else []) -%}
    select
        'month_first_date' as check_name,
        '{{ raw_table }}' as raw_table,
        '{{ column }}' as subject,
        count(*) filter (where {{ matches(
            column ~ '_text', '^(0?[1-9]|1[0-2])[/.-](1[3-9]|2[0-9]|3[01])[/.-]\\d{2,4}'
        ) }}) as part_count,
        count(*) as whole_count
    from staged_{{ raw_table }}
    where {{ matches(column ~ '_text', '^\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{2,4}') }}
    union all
    {% endfor -%}
    select
        'ambiguous_separator' as check_name,
        'turnover' as raw_table,
        'turnover_eur' as subject,
        {% for mark in ['.', ','] -%}
        case
            when count(*) filter (where {{ matches(
                'turnover_eur_text', '^[^.,]*[0-9][' ~ mark ~ '][0-9]{1,2}([^0-9.,].*)?$'
            ) }}) > 0
                then count(*) filter (where {{ matches(
                    'turnover_eur_text',
                    '^[^0-9]*[1-9][0-9]{0,2}[' ~ mark ~ '][0-9]{3}([^0-9.,].*)?$'
                ) }})
            else 0
        end{{ ' +' if not loop.last else ' as part_count,' }}
        {% endfor -%}
        count(turnover_eur_text) as whole_count
    from staged_turnover
),

accounts_counted as (
    select count(*) as used_accounts
    from disposed_social_accounts
    where disposition = 'used'
),

platforms_counted as (
    select
        {% for platform in platforms -%}
        count(*) filter (where has_{{ platform }}_account) as on_{{ platform }},
        count(followers_{{ platform }}) as known_on_{{ platform }},
        {% endfor -%}
        count(*) as with_account,
        count(*) filter (
            where
            has_facebook_account or has_instagram_account or has_tiktok_account
        ) as on_main_platform
    from followers
),

unlisted_counted as (
    select
        {% for kind in ['category', 'city', 'platform'] -%}
        coalesce(sum(row_count) filter (where name_kind = '{{ kind }}'), 0)
            as unlisted_{{ kind }},
        {% endfor -%}
        count(*) as unlisted_names
    from unlisted_names
),

shares_listed as (
    select
        'used_rows' as check_name,
        raw_table,
        'rows' as subject,
        used_count as part_count,
        row_count as whole_count
    from tables_counted
    union all
    select
        'written_values' as check_name,
        raw_table,
        subject,
        written_count as part_count,
        row_count as whole_count
    from columns_counted
    union all
    select
        'read_values' as check_name,
        raw_table,
        subject,
        read_count as part_count,
        written_count as whole_count
    from columns_counted
    union all
    select
        'needed_values' as check_name,
        raw_table,
        subject,
        read_count as part_count,
        written_count as whole_count
    from columns_counted
    where
        concat(raw_table, '.', subject)
        in (
            {% for column in needed_columns() -%}
            '{{ column }}'{{ ',' if not loop.last }}
            {% endfor %}
        )
    union all
    select
        rejections_counted.check_name,
        rejections_counted.raw_table,
        rejections_counted.subject,
        rejections_counted.rejected_count as part_count,
        case
            when rejections_counted.is_whole_row then tables_counted.row_count
            else tables_counted.used_count
        end as whole_count
    from rejections_counted
    inner join tables_counted
        on rejections_counted.raw_table = tables_counted.raw_table
    union all
    select
        check_name,
        raw_table,
        subject,
        part_count,
        whole_count
    from suspicions_counted
    {% for check_name, raw_table, subject, part, whole in shares -%}
    union all
    select
        '{{ check_name }}' as check_name,
        '{{ raw_table }}' as raw_table,
        '{{ subject }}' as subject,
        {{ part }} as part_count,
        {{ whole }} as whole_count
    from enterprises_counted
    cross join ids_counted
    cross join published_counted
    cross join unseen_counted
    cross join turnover_counted
    cross join accounts_counted
    cross join platforms_counted
    cross join unlisted_counted
    {%- if has_sales %}
    cross join published_accounts_counted
    {%- endif %}
    {% endfor %}
),

shares_measured as (
    select
        check_name,
        raw_table,
        subject,
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
        columns_counted.value_type,
        columns_counted.is_rejected_alone,
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
    left join columns_counted
        on
            shares_measured.check_name in ('written_values', 'read_values')
            and shares_measured.raw_table = columns_counted.raw_table
            and shares_measured.subject = columns_counted.subject
    left join rules on shares_measured.check_name = rules.check_name
    left join rejection_reasons on rules.rejection_reason = rejection_reasons.reason
)

select * from shares_judged
