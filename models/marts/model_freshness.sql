with current_fit as (
    select * from {{ ref('int_current_fit') }}
),

assessment as (
    select * from {{ ref('refit_assessment') }}
),

freshness as (
    select
        current_fit.fit_id,
        current_fit.fitted_at,
        {{ days_between('current_fit.fitted_at', as_of()) }} as model_age_days,
        case
            when current_fit.is_new_fit then 1.0 else assessment.agreement
        end as agreement_with_refit,
        '{{ var("refit") }}' as refit_policy,
        cast({{ var('refit_after_days') }} as double) as refit_after_days,
        cast({{ var('refit_below_ari') }} as double) as refit_below_ari
    from current_fit
    cross join assessment
)

select * from freshness
