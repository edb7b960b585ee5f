with raw_rows as (
    select * from {{ ref('base_social_accounts') }}
),

texts_trimmed as (
    select
        raw_key,
        {{ trimmed_texts('social_accounts') }}
    from raw_rows
),

characters_unified as (
    select
        {{ key_and_texts('social_accounts') }},
        {{ count_text(ascii_text(known_text('followers_text'))) }} as followers_number,
        {{ ascii_text(known_text('measured_on_text')) }} as measured_on_ascii
    from texts_trimmed
),

values_parsed as (
    select
        {{ key_and_texts('social_accounts') }},
        {{ parse_id(known_text('enterprise_id_text')) }} as enterprise_id,
        {{ known_text('platform_text') }} as platform_name,
        {{ text_key(known_text('platform_text')) }} as platform_key,
        {{ parse_count('followers_number') }} as followers_count,
        {{ parse_date('measured_on_ascii') }} as measured_date
    from characters_unified
),

values_judged as (
    select
        {{ key_and_texts('social_accounts') }},
        enterprise_id,
        platform_name,
        platform_key,
        case when {{ is_plausible_count('followers_count') }} then followers_count end
            as followers,
        case when {{ is_plausible_date('measured_date') }} then measured_date end
            as measured_on,
        {{ value_rejection('enterprise_id', 'enterprise_id') }}
            as enterprise_id_rejection,
        {{ value_rejection(
            'followers', 'followers_count', is_plausible_count('followers_count')
        ) }} as followers_rejection,
        {{ value_rejection(
            'measured_on', 'measured_date', is_plausible_date('measured_date')
        ) }} as measured_on_rejection
    from values_parsed
)

select * from values_judged
