with raw_rows as (
    select * from {{ ref('base_enterprises') }}
),

{% for column, key in {
    'category_name': text_key('category_name_known'),
    'city_name': city_key('city_name_known'),
}.items() -%}
{{ parsed_values(column, [
    {'prepared': plain_name(column ~ '_text')},
    {column ~ '_known': known_text('prepared')},
    {column ~ '_key': key},
    {column ~ '_rejection': value_rejection(column, column ~ '_key')},
]) }},

{% endfor -%}
{{ parsed_values('postal_code', [
    {'postal_code_read': parse_postal_code(known_text('postal_code_text'))},
    {'postal_code_rejection': value_rejection('postal_code', 'postal_code_read')},
]) }},

{{ parsed_values('is_active', [{'is_active_read': parse_boolean('is_active_text')}]) }},

{{ parsed_date('created_at', 'created_on') }},

-- Names and ids hardly repeat.
texts_trimmed as (
    select
        raw_row,
        category_name,
        city_name,
        postal_code,
        is_active,
        created_at,
        {{ trimmed_text('enterprise_id') }} as enterprise_id_text,
        {{ trimmed_text('enterprise_name') }} as enterprise_name_text
    from raw_rows
),

characters_unified as (
    select
        raw_row,
        category_name,
        city_name,
        postal_code,
        is_active,
        created_at,
        enterprise_id_text,
        enterprise_name_text,
        {{ plain_name('enterprise_name_text') }} as enterprise_name_plain
    from texts_trimmed
),

names_parsed as (
    select
        raw_row,
        category_name,
        city_name,
        postal_code,
        is_active,
        created_at,
        enterprise_id_text,
        enterprise_name_text,
        {{ parse_id(known_text('enterprise_id_text')) }} as enterprise_id_read,
        {{ known_text('enterprise_name_plain') }} as enterprise_name_known
    from characters_unified
),

values_judged as (
    select
        names_parsed.raw_row,
        category_name_values.category_name_text,
        city_name_values.city_name_text,
        postal_code_values.postal_code_text,
        is_active_values.is_active_text,
        created_at_values.created_at_text,
        names_parsed.enterprise_id_read as enterprise_id,
        names_parsed.enterprise_name_known as enterprise_name,
        {{ name_key('names_parsed.enterprise_name_known') }} as enterprise_name_key,
        category_name_values.category_name_known as category_name,
        category_name_values.category_name_key as category_key,
        city_name_values.city_name_known as city_name,
        city_name_values.city_name_key as city_key,
        postal_code_values.postal_code_read as postal_code,
        is_active_values.is_active_read as is_active,
        created_at_values.created_on,
        {{ value_rejection('enterprise_id', 'names_parsed.enterprise_id_read') }}
            as enterprise_id_rejection,
        {{ value_rejection('enterprise_name', 'names_parsed.enterprise_name_known') }}
            as enterprise_name_rejection,
        category_name_values.category_name_rejection,
        city_name_values.city_name_rejection,
        postal_code_values.postal_code_rejection,
        created_at_values.created_at_rejection
    from names_parsed
    left join category_name_values using (category_name)
    left join city_name_values using (city_name)
    left join postal_code_values using (postal_code)
    left join is_active_values using (is_active)
    left join created_at_values using (created_at)
)

select * from values_judged
