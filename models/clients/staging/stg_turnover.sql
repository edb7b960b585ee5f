with raw_rows as (
    select * from {{ ref('base_turnover') }}
),

texts_trimmed as (
    select
        raw_key,
        {{ trimmed_texts('turnover') }}
    from raw_rows
),

characters_unified as (
    select
        {{ key_and_texts('turnover') }},
        {{ ascii_text(known_text('fiscal_year_text')) }} as fiscal_year_ascii,
        {{ amount_text(ascii_text(known_text('turnover_eur_text'))) }}
            as turnover_number
    from texts_trimmed
),

values_parsed as (
    select
        {{ key_and_texts('turnover') }},
        {{ parse_id(known_text('enterprise_id_text')) }} as enterprise_id,
        {{ parse_year('fiscal_year_ascii') }} as year_number,
        {{ parse_amount('turnover_number') }} as turnover_amount
    from characters_unified
),

values_judged as (
    select
        {{ key_and_texts('turnover') }},
        enterprise_id,
        case when {{ is_plausible_year('year_number') }} then year_number end
            as fiscal_year,
        case when {{ is_plausible_amount('turnover_amount') }} then turnover_amount end
            as turnover_eur,
        {{ value_rejection('enterprise_id', 'enterprise_id') }}
            as enterprise_id_rejection,
        {{ value_rejection(
            'fiscal_year', 'year_number', is_plausible_year('year_number')
        ) }} as fiscal_year_rejection,
        {{ value_rejection(
            'turnover_eur', 'turnover_amount', is_plausible_amount('turnover_amount')
        ) }} as turnover_eur_rejection
    from values_parsed
)

select * from values_judged
