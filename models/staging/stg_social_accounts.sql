with raw_rows as (
    select * from {{ ref('base_social_accounts') }}
),

texts_trimmed as (
    select
        raw_key,
        {{ trimmed_text('enterprise_id') }} as enterprise_id,
        {{ trimmed_text('platform') }} as platform,
        {{ trimmed_text('followers') }} as followers,
        {{ count_text('followers') }} as followers_number,
        {{ trimmed_text('measured_on') }} as measured_on
    from raw_rows
),

values_parsed as (
    select
        raw_key,
        enterprise_id as enterprise_id_text,
        platform as platform_text,
        followers as followers_text,
        measured_on as measured_on_text,
        {{ known_text('enterprise_id') }} as enterprise_id,
        {{ known_text('platform') }} as platform_name,
        {{ parse_count('followers_number') }} as followers_count,
        {{ parse_date('measured_on') }} as measured_date
    from texts_trimmed
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
        {{ text_key('platform_name') }} as platform_key,
        case when followers_count >= 0 then followers_count end as followers,
        case when {{ is_past('measured_date') }} then measured_date end as measured_on,
        case
            when followers_count < 0 then 'out_of_range'
            else {{ value_rejection('followers_text', 'followers_count') }}
        end as followers_rejection,
        case
            when not {{ is_past('measured_date') }} then 'out_of_range'
            else {{ value_rejection('measured_on_text', 'measured_date') }}
        end as measured_on_rejection
    from values_parsed
)

select * from values_judged
