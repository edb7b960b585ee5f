with raw_rows as (
    select * from {{ ref('base_turnover') }}
),

texts_trimmed as (
    select
        raw_key,
        {{ trimmed_text('enterprise_id') }} as enterprise_id_text,
        {{ trimmed_text('fiscal_year') }} as fiscal_year_text,
        {{ trimmed_text('turnover_eur') }} as turnover_eur_text
    from raw_rows
),

unknown_texts_removed as (
    select
        raw_key,
        enterprise_id_text,
        fiscal_year_text,
        turnover_eur_text,
        {{ known_text('enterprise_id_text') }} as enterprise_id,
        {{ known_text('fiscal_year_text') }} as fiscal_year,
        {{ known_text('turnover_eur_text') }} as turnover_eur
    from texts_trimmed
),

characters_unified as (
    select
        raw_key,
        enterprise_id_text,
        fiscal_year_text,
        turnover_eur_text,
        enterprise_id,
        fiscal_year,
        {{ ascii_text('fiscal_year') }} as fiscal_year_ascii,
        turnover_eur,
        {{ ascii_text('turnover_eur') }} as turnover_eur_ascii
    from unknown_texts_removed
),

numbers_cleaned as (
    select
        raw_key,
        enterprise_id_text,
        fiscal_year_text,
        turnover_eur_text,
        enterprise_id,
        fiscal_year,
        fiscal_year_ascii,
        turnover_eur,
        {{ amount_text('turnover_eur_ascii') }} as turnover_number
    from characters_unified
),

values_parsed as (
    select
        raw_key,
        enterprise_id_text,
        fiscal_year_text,
        turnover_eur_text,
        enterprise_id,
        fiscal_year,
        {{ parse_year('fiscal_year_ascii') }} as fiscal_year_number,
        turnover_eur,
        {{ parse_amount('turnover_number') }} as turnover_amount
    from numbers_cleaned
),

values_judged as (
    select
        raw_key,
        enterprise_id_text,
        fiscal_year_text,
        turnover_eur_text,
        enterprise_id,
        case
            when {{ is_plausible_year('fiscal_year_number') }} then fiscal_year_number
        end as fiscal_year,
        case when turnover_amount >= 0 then turnover_amount end as turnover_eur,
        case
            when not {{ is_plausible_year('fiscal_year_number') }} then 'out_of_range'
            else
                {{ value_rejection(
                    'fiscal_year_text', 'fiscal_year', 'fiscal_year_number'
                ) }}
        end as fiscal_year_rejection,
        case
            when turnover_amount < 0 then 'out_of_range'
            else
                {{ value_rejection(
                    'turnover_eur_text', 'turnover_eur', 'turnover_amount'
                ) }}
        end as turnover_eur_rejection
    from values_parsed
)

select * from values_judged
