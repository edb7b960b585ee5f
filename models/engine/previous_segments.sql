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

members_scored as (
    {%- for segmentation in segmentations() %}
    {{ previous_labels(segmentation) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

segments_scored as (
    select
        members_scored.segmentation,
        members_scored.member_id,
        published_clusters.segment_key
    from members_scored
    inner join last_fits using (segmentation)
    inner join published_clusters using (segmentation, fit_id, cluster_id)
),

previous_segments as (
    select
        segmentation,
        member_id,
        segment_key
    from segments_scored
    union all
    -- A model whose features are gone cannot score: then what it said last counts.
    select
        published_members.segmentation,
        published_members.member_id,
        published_members.model_segment_key as segment_key
    from published_members
    inner join member_clusters using (segmentation, member_id)
    where
        published_members.segmentation not in (
            select segments_scored.segmentation from segments_scored
        )
)

select * from previous_segments
