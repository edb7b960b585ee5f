with raw_rows as (
    select * from {{ ref('base_enterprises') }}
),

texts_trimmed as (
    select
        raw_key,
        {{ trimmed_text('enterprise_id') }} as enterprise_id_text,
        {{ trimmed_text('enterprise_name') }} as enterprise_name_text,
        {{ trimmed_text('category_name') }} as category_name_text,
        {{ trimmed_text('city_name') }} as city_name_text,
        {{ trimmed_text('postal_code') }} as postal_code_text,
        {{ trimmed_text('is_active') }} as is_active_text,
        {{ trimmed_text('created_at') }} as created_at_text
    from raw_rows
),

unknown_texts_removed as (
    select
        raw_key,
        enterprise_id_text,
        enterprise_name_text,
        category_name_text,
        city_name_text,
        postal_code_text,
        is_active_text,
        created_at_text,
        {{ known_text('enterprise_id_text') }} as enterprise_id,
        {{ known_text('enterprise_name_text') }} as enterprise_name,
        {{ known_text('category_name_text') }} as category_name,
        {{ known_text('city_name_text') }} as city_name,
        {{ known_text('postal_code_text') }} as postal_code,
        {{ known_text('created_at_text') }} as created_at
    from texts_trimmed
),

characters_unified as (
    select
        raw_key,
        enterprise_id_text,
        enterprise_name_text,
        category_name_text,
        city_name_text,
        postal_code_text,
        is_active_text,
        created_at_text,
        enterprise_id,
        enterprise_name,
        category_name,
        city_name,
        postal_code,
        created_at,
        {{ ascii_text('created_at') }} as created_at_ascii
    from unknown_texts_removed
),

values_parsed as (
    select
        raw_key,
        enterprise_id_text,
        enterprise_name_text,
        category_name_text,
        city_name_text,
        postal_code_text,
        is_active_text,
        created_at_text,
        enterprise_id,
        enterprise_name,
        {{ text_key('enterprise_name') }} as enterprise_name_key,
        category_name,
        {{ text_key('category_name') }} as category_key,
        city_name,
        {{ city_key('city_name') }} as city_key,
        {{ parse_postal_code('postal_code') }} as postal_code,
        {{ parse_boolean('is_active_text') }} as is_active,
        created_at,
        {{ parse_date('created_at_ascii') }} as created_date
    from characters_unified
),

values_judged as (
    select
        raw_key,
        enterprise_id_text,
        enterprise_name_text,
        category_name_text,
        city_name_text,
        postal_code_text,
        is_active_text,
        created_at_text,
        enterprise_id,
        enterprise_name,
        enterprise_name_key,
        category_name,
        category_key,
        city_name,
        city_key,
        postal_code,
        is_active,
        case when {{ is_past('created_date') }} then created_date end as created_on,
        {{ value_rejection(
            'enterprise_name_text', 'enterprise_name', 'enterprise_name'
        ) }} as enterprise_name_rejection,
        {{ value_rejection('category_name_text', 'category_name', 'category_key') }}
            as category_name_rejection,
        {{ value_rejection('city_name_text', 'city_name', 'city_key') }}
            as city_name_rejection,
        {{ value_rejection('postal_code_text', 'postal_code', 'postal_code') }}
            as postal_code_rejection,
        case
            when not {{ is_past('created_date') }} then 'out_of_range'
            else {{ value_rejection('created_at_text', 'created_at', 'created_date') }}
        end as created_at_rejection
    from values_parsed
)

select * from values_judged
