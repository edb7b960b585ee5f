with clusters as (
    select * from {{ ref('clusters_named') }}
),

members_counted as (
    {%- for segmentation, entry, dimension in listed('dimensions') %}
    select
        '{{ segmentation }}' as segmentation,
        scores.cluster_id,
        '{{ dimension }}' as dimension,
        cast(features.{{ dimension }} as string) as dimension_value,
        count(*) as member_count
    from {{ ref(entry.features) }} as features
    inner join {{ ref(segmentation ~ '_scores') }} as scores
        on cast(features.{{ entry.key }} as string) = scores.member_id
    group by scores.cluster_id, features.{{ dimension }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

totals_added as (
    select
        segmentation,
        cluster_id,
        dimension,
        dimension_value,
        member_count,
        sum(member_count) over (
            partition by segmentation, dimension, cluster_id
        ) as cluster_total,
        sum(member_count) over (
            partition by segmentation, dimension, dimension_value
        ) as value_total,
        sum(member_count) over (partition by segmentation, dimension)
            as population_total
    from members_counted
),

{{ chances_of('totals_added') }},

shares_compared as (
    select
        totals_added.segmentation,
        totals_added.cluster_id,
        clusters.segment_key,
        totals_added.dimension,
        totals_added.dimension_value,
        totals_added.member_count,
        totals_added.member_count / totals_added.cluster_total as cluster_share,
        totals_added.value_total / totals_added.population_total as population_share,
        (totals_added.member_count / totals_added.cluster_total)
        / (totals_added.value_total / totals_added.population_total) as lift,
        coalesce(chances.chance <= {{ own_setting('distinctive_chance') }}, false)
            as is_distinctive,
        cast(row_number() over (
            partition by
                totals_added.segmentation,
                totals_added.dimension,
                totals_added.cluster_id
            order by
                totals_added.member_count desc,
                totals_added.dimension_value asc nulls last
        ) as bigint) as value_rank
    from totals_added
    inner join clusters using (segmentation, cluster_id)
    left join chances using (member_count, cluster_total, value_total, population_total)
)

select * from shares_compared
