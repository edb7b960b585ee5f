with identities as (
    select * from {{ ref('cluster_identities') }}
),

segments as (
    select * from {{ ref('int_segments_described') }}
),

clusters_named as (
    select
        identities.cluster_id,
        identities.segment_key,
        segments.segment_name_{{ var('language') }} as segment_name,
        segments.segment_profile_{{ var('language') }} as segment_profile,
        segments.segment_aim_{{ var('language') }} as segment_aim,
        segments.display_order,
        segments.is_named_segment,
        segments.segment_colour
    from identities
    inner join segments on identities.segment_key = segments.segment_key
)

select * from clusters_named
