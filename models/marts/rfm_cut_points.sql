{%- set scores = rfm_scores() -%}

with features as (
    select * from {{ ref('account_features') }}
),

current_fits as (
    select *
    from {{ ref('current_fits') }}
    where segmentation = 'purchases'
),

published_cut_points as (
    select * from {{ source('previous_publication', 'rfm_cut_points') }}
),

-- Cut points are of a fit, and last as long.
kept as (
    select
        published_cut_points.score,
        published_cut_points.cut_number,
        published_cut_points.cut_value,
        published_cut_points.cut_account_id,
        published_cut_points.fit_id
    from published_cut_points
    inner join current_fits using (fit_id)
    where not current_fits.is_new_fit
),

accounts_ranked as (
    {% for score, (measure, sign) in scores.items() -%}
    select
        '{{ score }}' as score,
        account_id,
        cast({{ measure }} as double) as cut_value,
        row_number() over (order by {{ sign }} * {{ measure }}, account_id)
            as value_rank
    from features
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

cut_numbers as (
    {% for cut in range(1, 5) -%}
    select {{ cut }} as cut_number
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

accounts_counted as (
    select count(*) - 1 as last_place
    from features
),

-- The last account of each fifth, as quantiles of the ranks are, which interpolate.
cut_points as (
    select
        score,
        cut_number,
        cut_value,
        cut_account_id,
        fit_id
    from kept
    union all
    select
        accounts_ranked.score,
        cut_numbers.cut_number,
        accounts_ranked.cut_value,
        accounts_ranked.account_id as cut_account_id,
        current_fits.fit_id
    from accounts_ranked
    cross join current_fits
    cross join accounts_counted
    inner join cut_numbers
        on
            accounts_ranked.value_rank
            = 1 + floor(accounts_counted.last_place * cut_numbers.cut_number / 5)
    where not exists (select 1 from kept)
)

select * from cut_points
