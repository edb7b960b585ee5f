with fit_diagnostics as (
    select * from {{ ref('fit_diagnostics') }}
),

features_measured as (
    select * from {{ ref('int_features_measured') }}
),

raw_data_measured as (
    select * from {{ ref('int_raw_data_measured') }}
),

rules as (
    select * from {{ ref('feature_check_rules') }}
),

measures_listed as (
    select
        check_name,
        subject,
        value,
        detail
    from fit_diagnostics
    union all
    select
        check_name,
        subject,
        value,
        detail
    from features_measured
    union all
    select
        check_name,
        subject,
        value,
        detail
    from raw_data_measured
),

measures_judged as (
    select
        measures_listed.check_name,
        measures_listed.subject,
        measures_listed.value,
        rules.threshold,
        rules.direction,
        coalesce(
            case rules.direction
                when 'above' then measures_listed.value > rules.threshold
                when 'below' then measures_listed.value < rules.threshold
            end,
            false
        ) as is_finding,
        measures_listed.detail,
        rules.message_fr,
        rules.message_en
    from measures_listed
    left join rules on measures_listed.check_name = rules.check_name
)

select * from measures_judged
