with last_fits as (
    select * from {{ ref('last_fits') }}
),

published_clusters as (
    select * from {{ source('previous_publication', 'fit_clusters') }}
),

published_members as (
    select * from {{ source('previous_publication', 'member_segments') }}
),

member_clusters as (
    select * from {{ ref('member_clusters') }}
),

clusters_of_last_fits as (
    select
        last_fits.segmentation,
        published_clusters.cluster_id,
        published_clusters.segment_key
    from last_fits
    inner join published_clusters using (segmentation, fit_id)
),

members_scored as (
    {%- for segmentation in segmentations() %}
    {{ previous_labels(segmentation) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

members_scored_as_known as (
    {%- for segmentation in segmentations() %}
    {{ previous_labels(segmentation, as_known=true) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

segments_scored as (
    select
        members_scored.segmentation,
        members_scored.member_id,
        members_scored.has_lost_a_value,
        clusters.segment_key,
        clusters_as_known.segment_key as segment_key_as_known
    from members_scored
    inner join clusters_of_last_fits as clusters using (segmentation, cluster_id)
    left join members_scored_as_known
        on
            members_scored.segmentation = members_scored_as_known.segmentation
            and members_scored.member_id = members_scored_as_known.member_id
    left join clusters_of_last_fits as clusters_as_known
        on
            members_scored_as_known.segmentation = clusters_as_known.segmentation
            and members_scored_as_known.cluster_id = clusters_as_known.cluster_id
),

previous_segments as (
    select
        segmentation,
        member_id,
        has_lost_a_value,
        segment_key,
        segment_key_as_known
    from segments_scored
    union all
    -- A model whose features are gone cannot score: then what it said last counts.
    select
        published_members.segmentation,
        published_members.member_id,
        false as has_lost_a_value,
        published_members.model_segment_key as segment_key,
        cast(null as string) as segment_key_as_known
    from published_members
    inner join member_clusters using (segmentation, member_id)
    where
        published_members.segmentation not in (
            select segments_scored.segmentation from segments_scored
        )
)

select * from previous_segments
