with fit_rows as (
    select * from {{ ref('fit_rows') }}
),

measures_named as (
    {%- for segmentation, entry, measure in listed('measures') %}
    select
        '{{ segmentation }}' as segmentation,
        '{{ measure }}' as measure
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

members_measured as (
    {%- for segmentation, entry, measure in listed('measures') %}
    select
        '{{ segmentation }}' as segmentation,
        scores.cluster_id,
        '{{ measure }}' as measure,
        count(*) as member_count,
        count(features.{{ measure }}) as known_count,
        {{ in_order('avg', 'cast(features.' ~ measure ~ ' as double)') }} as mean_value,
        median(cast(features.{{ measure }} as double)) as median_value
    from {{ ref(entry.features) }} as features
    inner join {{ ref(segmentation ~ '_scores') }} as scores
        on cast(features.{{ entry.key }} as string) = scores.member_id
    group by scores.cluster_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

clusters_of_model as (
    select distinct
        segmentation,
        cluster_id
    from fit_rows
    where section = 'model' and parameter = 'centroid'
),

-- Nobody may be left near a centroid of a model that is kept: a count of 0.
clusters_measured as (
    select
        clusters_of_model.segmentation,
        clusters_of_model.cluster_id,
        measures_named.measure,
        coalesce(members_measured.member_count, 0) as member_count,
        members_measured.known_count / nullif(members_measured.member_count, 0)
            as known_share,
        members_measured.mean_value,
        members_measured.median_value
    from clusters_of_model
    inner join measures_named using (segmentation)
    left join members_measured using (segmentation, cluster_id, measure)
)

select * from clusters_measured
