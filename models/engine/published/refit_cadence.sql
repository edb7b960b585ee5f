with figures as (
    select *
    from {{ ref('evaluation_figures') }}
    where section = 'cadence'
),

refits_compared as (
    select
        segmentation,
        evaluated_at,
        cast(subject as integer) as horizon_weeks,
        {% for day in ['started_on', 'compared_on'] -%}
        cast(max(text_value) filter (where figure = '{{ day }}') as date) as {{ day }},
        {% endfor -%}
        cast({{ figure('member_count') }} as bigint) as member_count,
        {{ figure('agreement') }} as agreement_ari,
        cast({{ own_setting('refit_below_ari') }} as double) as refit_below_ari
    from figures
    group by segmentation, evaluated_at, subject
),

cadence as (
    select
        segmentation,
        horizon_weeks,
        started_on,
        compared_on,
        member_count,
        agreement_ari,
        refit_below_ari,
        agreement_ari < refit_below_ari as is_below,
        min(case when agreement_ari < refit_below_ari then horizon_weeks end)
            over (partition by segmentation) as advised_cadence_weeks,
        evaluated_at
    from refits_compared
)

select * from cadence
