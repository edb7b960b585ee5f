with raw_rows as (
    select * from {{ ref('base_social_accounts') }}
),

{{ parsed_values('platform', [
    {'platform_name': known_text('platform_text')},
    {'platform_key': text_key('platform_name')},
]) }},

{{ parsed_number(
    'followers', 'followers_read', count_text(ascii_text(known_text('followers_text'))),
    parse_count('prepared'), is_plausible_count('parsed')
) }},

{{ parsed_date('measured_on', 'measured_on_read') }},

{{ parsed_ids(['enterprise_id'], beside=['platform', 'followers', 'measured_on']) }},

values_judged as (
    select
        ids_parsed.raw_row,
        platform_values.platform_text,
        followers_values.followers_text,
        measured_on_values.measured_on_text,
        ids_parsed.enterprise_id_read as enterprise_id,
        platform_values.platform_name,
        platform_values.platform_key,
        followers_values.followers_read as followers,
        measured_on_values.measured_on_read as measured_on,
        {{ value_rejection('enterprise_id', 'ids_parsed.enterprise_id_read') }}
            as enterprise_id_rejection,
        followers_values.followers_rejection,
        measured_on_values.measured_on_rejection
    from ids_parsed
    left join platform_values using (platform)
    left join followers_values using (followers)
    left join measured_on_values using (measured_on)
)

select * from values_judged
