with raw_rows as (
    select * from {{ ref('base_enterprises') }}
),

texts_trimmed as (
    select
        raw_key,
        {{ trimmed_texts('enterprises') }}
    from raw_rows
),

characters_unified as (
    select
        {{ key_and_texts('enterprises') }},
        {{ plain_name('enterprise_name_text') }} as enterprise_name_plain,
        {{ plain_name('category_name_text') }} as category_name_plain,
        {{ plain_name('city_name_text') }} as city_name_plain,
        {{ ascii_text(known_text('created_at_text')) }} as created_at_ascii
    from texts_trimmed
),

values_parsed as (
    select
        {{ key_and_texts('enterprises') }},
        {{ parse_id(known_text('enterprise_id_text')) }} as enterprise_id,
        {{ known_text('enterprise_name_plain') }} as enterprise_name,
        {{ name_key(known_text('enterprise_name_plain')) }} as enterprise_name_key,
        {{ known_text('category_name_plain') }} as category_name,
        {{ text_key(known_text('category_name_plain')) }} as category_key,
        {{ known_text('city_name_plain') }} as city_name,
        {{ city_key(known_text('city_name_plain')) }} as city_key,
        {{ parse_postal_code(known_text('postal_code_text')) }} as postal_code,
        {{ parse_boolean('is_active_text') }} as is_active,
        {{ parse_date('created_at_ascii') }} as created_date
    from characters_unified
),

values_judged as (
    select
        {{ key_and_texts('enterprises') }},
        enterprise_id,
        enterprise_name,
        enterprise_name_key,
        category_name,
        category_key,
        city_name,
        city_key,
        postal_code,
        is_active,
        case when {{ is_plausible_date('created_date') }} then created_date end
            as created_on,
        {{ value_rejection('enterprise_id', 'enterprise_id') }}
            as enterprise_id_rejection,
        {{ value_rejection('enterprise_name', 'enterprise_name') }}
            as enterprise_name_rejection,
        {{ value_rejection('category_name', 'category_key') }}
            as category_name_rejection,
        {{ value_rejection('city_name', 'city_key') }} as city_name_rejection,
        {{ value_rejection('postal_code', 'postal_code') }} as postal_code_rejection,
        {{ value_rejection(
            'created_at', 'created_date', is_plausible_date('created_date')
        ) }} as created_at_rejection
    from values_parsed
)

select * from values_judged
