with enterprises as (
    select * from {{ ref('enterprise_segments') }}
),

enterprises_counted as (
    select
        cluster_id,
        model_segment_key as segment_key,
        category_name,
        count(*) as enterprise_count
    from enterprises
    group by cluster_id, model_segment_key, category_name
),

totals_added as (
    select
        cluster_id,
        segment_key,
        category_name,
        enterprise_count,
        sum(enterprise_count) over (partition by cluster_id) as cluster_total,
        sum(enterprise_count) over (partition by category_name) as category_total,
        sum(enterprise_count) over () as population_total
    from enterprises_counted
),

shares_compared as (
    select
        cluster_id,
        segment_key,
        category_name,
        enterprise_count,
        enterprise_count / cluster_total as cluster_share,
        category_total / population_total as population_share,
        (enterprise_count / cluster_total)
        / (category_total / population_total) as lift,
        row_number() over (
            partition by cluster_id
            order by enterprise_count desc, category_name asc nulls last
        ) as category_rank
    from totals_added
)

select * from shares_compared
