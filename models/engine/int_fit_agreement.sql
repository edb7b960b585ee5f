with members_shared as (
    select * from {{ ref('int_members_shared') }}
),

cells as (
    select
        cluster_id,
        segment_key,
        cast(shared_count as double) as cell_count
    from members_shared
),

cluster_totals as (
    select sum(cell_count) as total_count
    from cells
    group by cluster_id
),

segment_totals as (
    select sum(cell_count) as total_count
    from cells
    group by segment_key
),

pairs_counted as (
    select
        (select sum(cell_count * (cell_count - 1) / 2) from cells) as pairs_in_cells,
        (select sum(total_count * (total_count - 1) / 2) from cluster_totals)
            as pairs_in_clusters,
        (select sum(total_count * (total_count - 1) / 2) from segment_totals)
            as pairs_in_segments,
        (select sum(cell_count) * (sum(cell_count) - 1) / 2 from cells) as pairs
),

agreement_expected as (
    select
        pairs_in_cells,
        pairs_in_clusters * pairs_in_segments / nullif(pairs, 0) as expected_pairs,
        (pairs_in_clusters + pairs_in_segments) / 2 as largest_pairs
    from pairs_counted
),

-- Adjusted Rand index (Hubert and Arabie 1985); two identical one-group partitions
-- leave nothing to adjust and agree fully.
agreement as (
    select
        case
            when largest_pairs = expected_pairs then 1.0
            else
                (pairs_in_cells - expected_pairs)
                / (largest_pairs - expected_pairs)
        end as ari_to_previous
    from agreement_expected
    where expected_pairs is not null
)

select * from agreement
