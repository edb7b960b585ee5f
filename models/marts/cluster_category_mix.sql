with mix as (
    select * from {{ ref('cluster_mix') }}
),

category_mix as (
    select
        cluster_id,
        segment_key,
        dimension_value as category_name,
        member_count as enterprise_count,
        cluster_share,
        population_share,
        lift,
        is_distinctive,
        value_rank as category_rank
    from mix
    where segmentation = 'visibility' and dimension = 'category_name'
)

select * from category_mix
