with cells as (
    select
        segmentation,
        cluster_id,
        segment_key,
        cast(shared_count as double) as cell_count,
        sum(cast(shared_count as double)) over (
            partition by segmentation, cluster_id
        ) as cluster_count,
        sum(cast(shared_count as double)) over (
            partition by segmentation, segment_key
        ) as segment_count,
        row_number() over (
            partition by segmentation, cluster_id order by segment_key
        ) as place_in_cluster,
        row_number() over (
            partition by segmentation, segment_key order by cluster_id
        ) as place_in_segment
    from {{ ref('members_shared') }}
),

pairs_counted as (
    select
        segmentation,
        sum(cell_count * (cell_count - 1) / 2) as pairs_in_cells,
        sum(cluster_count * (cluster_count - 1) / 2) filter (
            where place_in_cluster = 1
        ) as pairs_in_clusters,
        sum(segment_count * (segment_count - 1) / 2) filter (
            where place_in_segment = 1
        ) as pairs_in_segments,
        sum(cell_count) * (sum(cell_count) - 1) / 2 as pairs
    from cells
    group by segmentation
),

agreements_expected as (
    select
        segmentation,
        pairs_in_cells,
        pairs_in_clusters * pairs_in_segments / nullif(pairs, 0) as expected_pairs,
        (pairs_in_clusters + pairs_in_segments) / 2 as largest_pairs
    from pairs_counted
),

-- Adjusted Rand index (Hubert and Arabie 1985); two identical one-group partitions
-- leave nothing to adjust and agree fully.
agreements as (
    select
        segmentation,
        case
            when largest_pairs = expected_pairs then 1.0
            else
                (pairs_in_cells - expected_pairs) / (largest_pairs - expected_pairs)
        end as ari_to_previous
    from agreements_expected
    where expected_pairs is not null
)

select * from agreements
