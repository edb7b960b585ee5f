{#- The raw tables and their columns, which are listed nowhere else: the column of
    staging that reads each, as what, and whether a value that cannot be used is
    rejected alone, its row being used without it. -#}
{% macro raw_columns() -%}
    {%- set tables = {
        'enterprises': {
            'enterprise_id': ('enterprise_id', 'text', false),
            'enterprise_name': ('enterprise_name', 'text', true),
            'category_name': ('category_key', 'text', true),
            'city_name': ('city_key', 'text', true),
            'postal_code': ('postal_code', 'text', true),
            'is_active': ('is_active', 'yes or no', false),
            'created_at': ('created_on', 'date', true),
        },
        'social_accounts': {
            'enterprise_id': ('enterprise_id', 'text', false),
            'platform': ('platform_key', 'text', false),
            'followers': ('followers', 'count', true),
            'measured_on': ('measured_on', 'date', true),
        },
        'turnover': {
            'enterprise_id': ('enterprise_id', 'text', false),
            'fiscal_year': ('fiscal_year', 'year', false),
            'turnover_eur': ('turnover_eur', 'amount', true),
        },
        'recommendation_events': {
            'enterprise_id': ('enterprise_id', 'text', false),
            'recommendation_id': ('recommendation_id', 'text', false),
            'event': ('event', 'text', false),
            'event_on': ('event_on', 'date', false),
        },
    } -%}
    {%- if 'purchases' in var('segmentations') -%}
        {%- do tables.update({'sales_lines': {
            'line_id': ('line_id', 'text', true),
            'account_id': ('account_id', 'text', false),
            'contract_id': ('contract_id', 'text', true),
            'product_code': ('product_code', 'text', true),
            'product_name': ('product_name', 'text', true),
            'quantity': ('quantity', 'number', false),
            'unit_price_eur': ('unit_price_eur', 'amount', false),
            'sold_on': ('sold_on', 'date', false),
            'country': ('country', 'text', true),
        }}) -%}
    {%- endif -%}
    {{- return(tables) -}}
{%- endmacro %}

{#- The column that says whose a row is: an enterprise's, or an account's. -#}
{% macro owner_column(raw_table) -%}
    {{- 'account_id' if raw_table == 'sales_lines' else 'enterprise_id' -}}
{%- endmacro %}

{#- The names of the columns of each raw table, as the package takes them. -#}
{% macro column_names() -%}
    {%- set names = {} -%}
    {%- for raw_table, columns in raw_columns().items() -%}
        {%- do names.update({raw_table: columns.keys() | list}) -%}
    {%- endfor -%}
    {{- return(names) -}}
{%- endmacro %}

{#- Raw columns that a feature of an active recipe is made of, as table.column: where
    nothing of one can be read, nothing can be told. -#}
{% macro needed_columns() -%}
    {%- set features = [] -%}
    {%- for segmentation in segmentations_of('enterprise_id') -%}
        {%- set recipe = active_recipe(segmentation) -%}
        {%- do features.extend(recipe.numeric_features + recipe.categorical_features) -%}
    {%- endfor -%}
    {%- set needed = [] -%}
    {%- for column, feature in {
        'social_accounts.followers': 'followers_',
        'turnover.turnover_eur': 'turnover_eur',
        'enterprises.category_name': 'category_name',
        'enterprises.city_name': 'city_name',
    }.items() -%}
        {%- if feature in features | join(' ') -%}
            {%- do needed.append(column) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if 'sales_lines' in raw_columns() -%}
        {%- for column in ['quantity', 'unit_price_eur', 'sold_on'] -%}
            {%- do needed.append('sales_lines.' ~ column) -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(needed or ['none']) -}}
{%- endmacro %}

{#- The raw table as it was loaded, wherever raw_source says it comes from. Of contacts
    there is no seed, which would be loaded in plain text, and only DuckDB reads them. -#}
{% macro raw_relation(raw_table) -%}
    {%- set is_read = raw_table != 'contacts' or target.type == 'duckdb' -%}
    {%- if var('raw_source') != 'seeds' and is_read -%}
        {{- return(source('raw_external', raw_table)) -}}
    {%- elif raw_table == 'contacts' -%}
        {{- return("(select null as " ~ contact_columns() | join(', null as ')
            ~ ' where false) as no_contacts') -}}
    {%- endif -%}
    {{- return(ref('raw_' ~ raw_table)) -}}
{%- endmacro %}

{#- All of a base model: the raw rows as text, each with its place in the raw table. -#}
{% macro raw_rows(raw_table) -%}
{%- set columns = column_names()[raw_table] or contact_columns() -%}
with raw_rows as (
    select
        {{ row_place(raw_table) }} as raw_row,
        {{ columns | join(', ') }}
    from {{ raw_relation(raw_table) }}
),

rows_as_text as (
    select
        raw_row,
        {% for column in columns -%}
        cast({{ column }} as string) as {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from raw_rows
)

select * from rows_as_text
{%- endmacro %}

{#- The content of a raw row in one text. -#}
{% macro row_content(raw_table, relation) -%}
    {%- set columns = column_names()[raw_table] or contact_columns() -%}
    concat_ws(
            chr(31),
            {%- for column in columns %}
            coalesce({{ relation }}.{{ column }}, chr(30)){{ ',' if not loop.last }}
            {%- endfor %}
        )
{%- endmacro %}

{#- The md5 of a raw row's content, by which rows are ordered that nothing else tells
    apart: their place in the file may not decide. -#}
{% macro row_digest(raw_table, relation) -%}
    md5({{ row_content(raw_table, relation) }})
{%- endmacro %}

{#- CTEs that end in `<raw_table>_keyed`: the raw rows with a key that their place in the
    file does not change. It is the md5 of the content and, behind it, which one of the
    rows with this md5 it is; counted by md5, for a value that holds the separators makes
    the same md5 as another row. Few are there twice, and a window over all rows, or
    what is kept of them to be read again, costs more than to find those. -#}
{% macro keyed_rows(raw_table) -%}
{%- set columns = column_names()[raw_table] or contact_columns() -%}
{{ raw_table }}_repeated as (
    select raw_rows.*
    from {{ ref('base_' ~ raw_table) }} as raw_rows
    where
        {{ text_hash(row_content(raw_table, 'raw_rows')) }} in (
            select {{ text_hash(row_content(raw_table, 'raw_rows')) }} as content_hash
            from {{ ref('base_' ~ raw_table) }} as raw_rows
            group by content_hash
            having count(*) > 1
        )
),

{{ raw_table }}_repeated_counted as (
    select
        raw_row,
        row_number() over (
            partition by {{ row_digest(raw_table, raw_table ~ '_repeated') }}
            order by {{ columns | join(', ') }}, raw_row
        ) as row_of_digest
    from {{ raw_table }}_repeated
),

{{ raw_table }}_keyed as (
    select
        raw_row,
        {{ columns | join(', ') }},
        concat(
            {{ row_digest(raw_table, 'raw_rows') }},
            '-',
            coalesce(repeated.row_of_digest, 1)
        ) as raw_key
    from {{ ref('base_' ~ raw_table) }} as raw_rows
    left join {{ raw_table }}_repeated_counted as repeated using (raw_row)
)
{%- endmacro %}
