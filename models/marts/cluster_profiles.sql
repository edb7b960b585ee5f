with clusters as (
    select * from {{ ref('int_clusters_summarised') }}
),

cluster_names as (
    select * from {{ ref('int_clusters_named') }}
),

segments as (
    select * from {{ ref('segments') }}
),

category_mix as (
    select * from {{ ref('cluster_category_mix') }}
),

platform_means as (
    {% for platform in ['facebook', 'instagram', 'tiktok', 'other'] -%}
    select
        cluster_id,
        '{{ platform }}' as platform,
        mean_followers_{{ platform }} as mean_followers
    from clusters
    {% if not loop.last -%}
    union all
    {% endif -%}
    {% endfor %}
),

platforms_ranked as (
    select
        cluster_id,
        platform,
        row_number() over (
            partition by cluster_id order by mean_followers desc, platform asc
        ) as platform_rank
    from platform_means
    where mean_followers > 0
),

known_categories_ranked as (
    select
        cluster_id,
        category_name,
        row_number() over (
            partition by cluster_id order by category_rank
        ) as known_category_rank
    from category_mix
    where category_name is not null
),

profiles as (
    select
        clusters.cluster_id,
        cluster_names.segment_key,
        cluster_names.segment_name,
        cluster_names.is_named_segment,
        cluster_names.segment_profile,
        cluster_names.segment_aim,
        cluster_names.display_order,
        cluster_names.segment_colour,
        clusters.enterprise_count,
        clusters.enterprise_count / sum(clusters.enterprise_count) over ()
            as enterprise_share,
        clusters.mean_followers_total,
        clusters.mean_followers_facebook,
        clusters.mean_followers_instagram,
        clusters.mean_followers_tiktok,
        clusters.mean_followers_other,
        clusters.median_followers_total,
        clusters.median_followers_facebook,
        clusters.median_followers_instagram,
        clusters.median_followers_tiktok,
        clusters.median_followers_other,
        clusters.followers_total_known_share,
        clusters.mean_turnover_eur,
        clusters.median_turnover_eur,
        clusters.turnover_known_share,
        platforms_ranked.platform as dominant_platform,
        known_categories_ranked.category_name as top_category_name,
        sqrt(
            power(
                ln(1 + clusters.mean_followers_total)
                - ln(1 + segments.reference_followers_total), 2
            )
            + power(
                ln(1 + clusters.mean_followers_facebook)
                - ln(1 + segments.reference_followers_facebook), 2
            )
            + power(
                ln(1 + clusters.mean_followers_instagram)
                - ln(1 + segments.reference_followers_instagram), 2
            )
            + power(
                ln(1 + clusters.mean_followers_tiktok)
                - ln(1 + segments.reference_followers_tiktok), 2
            )
        ) as distance_to_reference
    from clusters
    inner join cluster_names on clusters.cluster_id = cluster_names.cluster_id
    left join segments on cluster_names.segment_key = segments.segment_key
    left join platforms_ranked
        on
            clusters.cluster_id = platforms_ranked.cluster_id
            and platforms_ranked.platform_rank = 1
    left join known_categories_ranked
        on
            clusters.cluster_id = known_categories_ranked.cluster_id
            and known_categories_ranked.known_category_rank = 1
)

select * from profiles
