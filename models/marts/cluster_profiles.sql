{%- set counts = [
    'followers_total', 'followers_facebook', 'followers_instagram', 'followers_tiktok',
    'followers_other',
] -%}

with clusters as (
    select *
    from {{ ref('clusters_measured') }}
    where segmentation = 'visibility'
),

segments as (
    select *
    from {{ ref('segment_overview') }}
    where segmentation = 'visibility'
),

reference_profiles as (
    select * from {{ ref('segment_reference_profiles') }}
),

category_mix as (
    select * from {{ ref('cluster_category_mix') }}
),

measures_side_by_side as (
    select
        {% for measure in counts + ['turnover_eur'] -%}
        {% for statistic in ['mean_value', 'median_value', 'known_share'] -%}
        max({{ statistic }}) filter (where measure = '{{ measure }}')
            as {{ measure }}_{{ statistic }},
        {% endfor -%}
        {% endfor -%}
        cluster_id,
        max(member_count) as enterprise_count
    from clusters
    group by cluster_id
),

platforms_ranked as (
    select
        cluster_id,
        substr(measure, length('followers_') + 1) as platform,
        row_number() over (
            partition by cluster_id order by mean_value desc, measure asc
        ) as platform_rank
    from clusters
    where
        measure like 'followers_%' and measure <> 'followers_total' and mean_value > 0
),

top_categories as (
    select
        cluster_id,
        min_by(category_name, category_rank) as category_name
    from category_mix
    where category_name is not null
    group by cluster_id
),

-- As clusters are recognised: Euclidean distance between log1p of the means. Ordered,
-- because the last bits of a sum depend on it; unknown where a mean is.
distances_measured as (
    select
        segments.cluster_id,
        case
            when
                count(*)
                = count(clusters.mean_value + reference_profiles.reference_mean)
                then sqrt(
                    {{ in_order('sum', 'power(
                        ln(1 + clusters.mean_value)
                        - ln(1 + reference_profiles.reference_mean), 2
                    )') }}
                )
        end as distance_to_reference
    from segments
    inner join reference_profiles using (segmentation, segment_key)
    left join clusters using (cluster_id, measure)
    group by segments.cluster_id
),

profiles as (
    select
        measures.cluster_id,
        segments.segment_key,
        segments.segment_name_{{ var('language') }} as segment_name,
        segments.is_named_segment,
        segments.segment_profile_{{ var('language') }} as segment_profile,
        segments.segment_aim_{{ var('language') }} as segment_aim,
        segments.display_order,
        segments.segment_colour,
        measures.enterprise_count,
        measures.enterprise_count
        / (select sum(every.enterprise_count) from measures_side_by_side as every)
            as enterprise_share,
        {% for statistic in ['mean', 'median'] -%}
        {% for count in counts -%}
        measures.{{ count }}_{{ statistic }}_value as {{ statistic }}_{{ count }},
        {% endfor -%}
        {% endfor -%}
        measures.followers_total_known_share,
        measures.turnover_eur_mean_value as mean_turnover_eur,
        measures.turnover_eur_median_value as median_turnover_eur,
        measures.turnover_eur_known_share as turnover_known_share,
        platforms_ranked.platform as dominant_platform,
        top_categories.category_name as top_category_name,
        distances_measured.distance_to_reference
    from measures_side_by_side as measures
    inner join segments using (cluster_id)
    left join platforms_ranked
        on
            measures.cluster_id = platforms_ranked.cluster_id
            and platforms_ranked.platform_rank = 1
    left join top_categories using (cluster_id)
    left join distances_measured using (cluster_id)
)

select * from profiles
