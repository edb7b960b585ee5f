with raw_rows as (
    select * from {{ ref('base_turnover') }}
),

{{ parsed_number(
    'fiscal_year', 'fiscal_year_read', ascii_text(known_text('fiscal_year_text')),
    parse_year('prepared'), is_plausible_year('parsed')
) }},

{{ parsed_number(
    'turnover_eur', 'turnover_eur_read',
    amount_text(ascii_text(known_text('turnover_eur_text'))),
    parse_amount('prepared'), is_plausible_amount('parsed')
) }},

{{ parsed_ids(['enterprise_id'], beside=['fiscal_year', 'turnover_eur']) }},

values_judged as (
    select
        ids_parsed.raw_row,
        fiscal_year_values.fiscal_year_text,
        turnover_eur_values.turnover_eur_text,
        ids_parsed.enterprise_id_read as enterprise_id,
        fiscal_year_values.fiscal_year_read as fiscal_year,
        turnover_eur_values.turnover_eur_read as turnover_eur,
        {{ value_rejection('enterprise_id', 'ids_parsed.enterprise_id_read') }}
            as enterprise_id_rejection,
        fiscal_year_values.fiscal_year_rejection,
        turnover_eur_values.turnover_eur_rejection
    from ids_parsed
    left join fiscal_year_values using (fiscal_year)
    left join turnover_eur_values using (turnover_eur)
)

select * from values_judged
