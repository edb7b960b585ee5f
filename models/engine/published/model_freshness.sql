with current_fits as (
    select * from {{ ref('current_fits') }}
),

policies as (
    {%- for segmentation, entry in segmentations().items() %}
    select
        '{{ segmentation }}' as segmentation,
        '{{ entry.refit }}' as refit_policy,
        cast({{ entry.refit_after_days }} as double) as refit_after_days,
        cast({{ entry.refit_below_ari }} as double) as refit_below_ari
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

freshness as (
    select
        current_fits.segmentation,
        current_fits.fit_id,
        current_fits.fitted_at,
        {{ days_between('current_fits.fitted_at', as_of()) }} as model_age_days,
        case
            when current_fits.is_new_fit then 1.0
            else current_fits.agreement_with_refit
        end as agreement_with_refit,
        current_fits.declined_refit,
        policies.refit_policy,
        policies.refit_after_days,
        policies.refit_below_ari
    from current_fits
    inner join policies using (segmentation)
)

select * from freshness
