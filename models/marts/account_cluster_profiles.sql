{%- set measures = [
    'total_sales_eur', 'order_count', 'avg_order_value_eur', 'recency_days',
    'tenure_days', 'distinct_product_count',
] -%}

with clusters as (
    select *
    from {{ ref('clusters_measured') }}
    where segmentation = 'purchases'
),

segments as (
    select *
    from {{ ref('segment_overview') }}
    where segmentation = 'purchases'
),

members as (
    select
        cluster_id,
        sum(total_sales_eur) as total_sales_eur
    from {{ ref('account_segments') }}
    group by cluster_id
),

measures_side_by_side as (
    select
        {% for measure in measures -%}
        {% for statistic in ['mean', 'median'] -%}
        max({{ statistic }}_value) filter (where measure = '{{ measure }}')
            as {{ statistic }}_{{ measure }},
        {% endfor -%}
        {% endfor -%}
        cluster_id,
        max(member_count) as account_count
    from clusters
    group by cluster_id
),

profiles as (
    select
        measures.cluster_id,
        segments.segment_key,
        segments.segment_name_{{ var('language') }} as segment_name,
        segments.segment_profile_{{ var('language') }} as segment_profile,
        segments.segment_aim_{{ var('language') }} as segment_aim,
        segments.display_order,
        segments.segment_colour,
        measures.account_count,
        measures.account_count
        / (select sum(every.account_count) from measures_side_by_side as every)
            as account_share,
        cast(members.total_sales_eur as decimal(18, 2)) as total_sales_eur,
        {% for statistic in ['mean', 'median'] -%}
        {% for measure in measures -%}
        measures.{{ statistic }}_{{ measure }},
        {% endfor -%}
        {% endfor -%}
        cast(members.total_sales_eur as double)
        / nullif(
            (select cast(sum(every.total_sales_eur) as double) from members as every), 0
        ) as sales_share
    from measures_side_by_side as measures
    inner join members using (cluster_id)
    inner join segments using (cluster_id)
)

select * from profiles
