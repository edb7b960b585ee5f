{%- set today = 'cast(' ~ as_of() ~ ' as date)' -%}

with sales_lines as (
    select * from {{ ref('int_sales_lines_disposed') }}
),

levels as (
    select * from {{ ref('activity_levels') }}
),

-- A sale counts for thirty days, its own the first.
days_moved as (
    select
        account_id,
        sold_on as moved_on,
        sales_eur
    from sales_lines
    where disposition = 'used'
    union all
    select
        account_id,
        sold_on + interval '30' day as moved_on,
        -sales_eur as sales_eur
    from sales_lines
    where disposition = 'used' and sold_on + interval '30' day <= {{ today }}
),

days_summed as (
    select
        account_id,
        cast(moved_on as date) as moved_on,
        sum(sales_eur) as sales_eur
    from days_moved
    group by account_id, cast(moved_on as date)
),

days_rolled as (
    select
        account_id,
        moved_on,
        cast(
            sum(sales_eur) over (partition by account_id order by moved_on)
            as decimal(18, 2)
        ) as last_30_days_sales_eur
    from days_summed
),

-- What is usual is what was so on the days of the last year with sales behind them,
-- over all accounts.
days_ranked as (
    select
        last_30_days_sales_eur,
        row_number() over (order by last_30_days_sales_eur) as value_rank
    from days_rolled
    where last_30_days_sales_eur > 0 and moved_on > {{ today }} - interval '365' day
),

thresholds as (
    select
        levels.activity_level,
        levels.from_quantile,
        case
            when levels.from_quantile = 0 then 0
            else min(days_ranked.last_30_days_sales_eur)
        end as from_sales_eur
    from levels
    left join days_ranked
        on
            days_ranked.value_rank
            >= levels.from_quantile
            * (select max(every.value_rank) from days_ranked as every)
    group by levels.activity_level, levels.from_quantile
),

thresholds_bounded as (
    select
        activity_level,
        from_sales_eur,
        lead(from_sales_eur) over (order by from_quantile) as to_sales_eur
    from thresholds
    where from_sales_eur is not null
),

days_judged as (
    select
        days_rolled.account_id,
        days_rolled.moved_on,
        days_rolled.last_30_days_sales_eur,
        thresholds_bounded.activity_level,
        row_number() over (
            partition by days_rolled.account_id order by days_rolled.moved_on desc
        ) as day_rank,
        lag(thresholds_bounded.activity_level) over (
            partition by days_rolled.account_id order by days_rolled.moved_on
        ) as level_before
    from days_rolled
    inner join thresholds_bounded
        on
            days_rolled.last_30_days_sales_eur >= thresholds_bounded.from_sales_eur
            and (
                days_rolled.last_30_days_sales_eur < thresholds_bounded.to_sales_eur
                or thresholds_bounded.to_sales_eur is null
            )
),

accounts_judged as (
    select
        days_judged.account_id,
        max(days_judged.last_30_days_sales_eur) filter (where days_judged.day_rank = 1)
            as last_30_days_sales_eur,
        max(days_judged.activity_level) filter (where days_judged.day_rank = 1)
            as activity_level,
        max(days_judged.moved_on) filter (
            where
            days_judged.activity_level is distinct from days_judged.level_before
        ) as activity_since
    from days_judged
    group by days_judged.account_id
),

activity as (
    select
        accounts_judged.account_id,
        accounts_judged.last_30_days_sales_eur,
        accounts_judged.activity_level,
        levels.activity_level_name_fr,
        levels.activity_level_name_en,
        accounts_judged.activity_since,
        thresholds_bounded.from_sales_eur,
        thresholds_bounded.to_sales_eur
    from accounts_judged
    inner join levels using (activity_level)
    inner join thresholds_bounded using (activity_level)
)

select * from activity
