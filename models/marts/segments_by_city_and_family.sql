with features as (
    select * from {{ ref('enterprise_features') }}
),

members as (
    select *
    from {{ ref('members_placed') }}
    where segmentation = 'visibility'
),

segments as (
    select *
    from {{ ref('segments_described') }}
    where segmentation = 'visibility'
),

cells as (
    select
        members.segment_key,
        features.city_name,
        features.category_group,
        count(*) as enterprise_count
    from features
    inner join members on features.enterprise_id = members.member_id
    group by members.segment_key, features.city_name, features.category_group
),

-- Where a small cell lies is not told, nor is any total that shown cells could be taken
-- from: what is left over could be told of single clients.
cells_told as (
    select
        segment_key,
        city_name,
        category_group,
        enterprise_count,
        cast(0 as bigint) as suppressed_cell_count
    from cells
    where enterprise_count >= {{ var('minimum_cell_count') }}
    union all
    select
        segment_key,
        cast(null as string) as city_name,
        cast(null as string) as category_group,
        cast(null as bigint) as enterprise_count,
        count(*) as suppressed_cell_count
    from cells
    where enterprise_count < {{ var('minimum_cell_count') }}
    group by segment_key
),

cells_described as (
    select
        segment_key,
        cast(row_number() over (
            partition by segment_key
            order by
                cells_told.suppressed_cell_count asc,
                cells_told.city_name asc nulls last,
                cells_told.category_group asc nulls last
        ) as integer) as cell_number,
        segments.segment_name_fr,
        segments.segment_name_en,
        cells_told.city_name,
        cells_told.category_group,
        cells_told.enterprise_count,
        cells_told.suppressed_cell_count
    from cells_told
    inner join segments using (segment_key)
)

select * from cells_described
