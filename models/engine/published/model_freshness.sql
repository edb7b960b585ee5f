with current_fits as (
    select * from {{ ref('current_fits') }}
),

-- Of the model that was published before; that says nothing about a new one.
novelty as (
    select
        segmentation,
        cast(max(value) filter (where parameter = 'undescribed_count') as bigint)
            as undescribed_count,
        max(value) filter (where parameter = 'undescribed_count')
        / max(value) filter (where parameter = 'sample_count') as undescribed_share,
        max(value) filter (where parameter = 'p_value') as undescribed_p_value,
        max(value) filter (where parameter = 'is_alarm') = 1 as is_novelty_alarm,
        max(value) filter (where parameter = 'saved_by_one_more') as saved_by_one_more,
        cast(max(value) filter (where parameter = 'smallest_of_one_more') as bigint)
            as smallest_of_one_more
    from {{ ref('fit_rows') }}
    where section = 'novelty'
    group by segmentation
),

cadences as (
    select
        segmentation,
        min(advised_cadence_weeks) as advised_cadence_weeks
    from {{ ref('refit_cadence') }}
    group by segmentation
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
        novelty.undescribed_count,
        novelty.undescribed_share,
        novelty.undescribed_p_value,
        novelty.is_novelty_alarm,
        novelty.saved_by_one_more,
        novelty.smallest_of_one_more,
        policies.refit_policy,
        policies.refit_after_days,
        policies.refit_below_ari,
        cadences.advised_cadence_weeks,
        coalesce(model_age_days > 7 * cadences.advised_cadence_weeks, false)
            as is_older_than_advised
    from current_fits
    inner join policies using (segmentation)
    left join cadences using (segmentation)
    left join novelty
        on
            current_fits.segmentation = novelty.segmentation
            and not current_fits.is_new_fit
)

select * from freshness
