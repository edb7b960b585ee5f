with segments as (
    select * from {{ ref('segments_described') }}
),

clusters as (
    select * from {{ ref('clusters_named') }}
),

placed as (
    select * from {{ ref('members_placed') }}
),

published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

members_of_model as (
    select
        segmentation,
        model_segment_key as segment_key,
        count(*) as member_count
    from placed
    group by segmentation, model_segment_key
),

members_of_segment as (
    select
        segmentation,
        segment_key,
        count(*) as member_count
    from placed
    group by segmentation, segment_key
),

overview as (
    select
        segments.segmentation,
        segments.segment_key,
        clusters.cluster_id,
        segments.segment_name_fr,
        segments.segment_name_en,
        segments.segment_profile_fr,
        segments.segment_profile_en,
        segments.segment_aim_fr,
        segments.segment_aim_en,
        segments.display_order,
        segments.is_named_segment,
        segments.colour_number,
        segments.segment_colour,
        segments.segment_marker,
        coalesce(members_of_model.member_count, 0) as model_member_count,
        coalesce(members_of_segment.member_count, 0) as member_count
    from segments
    {% for counted in ['clusters', 'members_of_model', 'members_of_segment'] -%}
    left join {{ counted }} using (segmentation, segment_key)
    {% endfor -%}
    left join published_registry using (segmentation, segment_key)
    -- The seed names segments that these data may never have had.
    where
        clusters.cluster_id is not null
        or members_of_segment.member_count > 0
        or published_registry.segment_key is not null
)

select * from overview
