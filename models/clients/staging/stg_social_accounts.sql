with raw_rows as (
    select * from {{ ref('base_social_accounts') }}
),

texts_trimmed as (
    select
        raw_key,
        {{ trimmed_text('enterprise_id') }} as enterprise_id_text,
        {{ trimmed_text('platform') }} as platform_text,
        {{ trimmed_text('followers') }} as followers_text,
        {{ trimmed_text('measured_on') }} as measured_on_text
    from raw_rows
),

unknown_texts_removed as (
    select
        raw_key,
        enterprise_id_text,
        platform_text,
        followers_text,
        measured_on_text,
        {{ known_text('enterprise_id_text') }} as enterprise_id,
        {{ known_text('platform_text') }} as platform_name,
        {{ known_text('followers_text') }} as followers,
        {{ known_text('measured_on_text') }} as measured_on
    from texts_trimmed
),

characters_unified as (
    select
        raw_key,
        enterprise_id_text,
        platform_text,
        followers_text,
        measured_on_text,
        enterprise_id,
        platform_name,
        followers,
        {{ ascii_text('followers') }} as followers_ascii,
        measured_on,
        {{ ascii_text('measured_on') }} as measured_on_ascii
    from unknown_texts_removed
),

numbers_cleaned as (
    select
        raw_key,
        enterprise_id_text,
        platform_text,
        followers_text,
        measured_on_text,
        enterprise_id,
        platform_name,
        followers,
        {{ count_text('followers_ascii') }} as followers_number,
        measured_on,
        measured_on_ascii
    from characters_unified
),

values_parsed as (
    select
        raw_key,
        enterprise_id_text,
        platform_text,
        followers_text,
        measured_on_text,
        enterprise_id,
        platform_name,
        {{ text_key('platform_name') }} as platform_key,
        followers,
        {{ parse_count('followers_number') }} as followers_count,
        measured_on,
        {{ parse_date('measured_on_ascii') }} as measured_date
    from numbers_cleaned
),

values_judged as (
    select
        raw_key,
        enterprise_id_text,
        platform_text,
        followers_text,
        measured_on_text,
        enterprise_id,
        platform_name,
        platform_key,
        case when followers_count >= 0 then followers_count end as followers,
        case when {{ is_past('measured_date') }} then measured_date end as measured_on,
        case
            when followers_count < 0 then 'out_of_range'
            else {{ value_rejection('followers_text', 'followers', 'followers_count') }}
        end as followers_rejection,
        case
            when not {{ is_past('measured_date') }} then 'out_of_range'
            else
                {{ value_rejection(
                    'measured_on_text', 'measured_on', 'measured_date'
                ) }}
        end as measured_on_rejection
    from values_parsed
)

select * from values_judged
