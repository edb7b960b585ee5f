with identities as (
    select * from {{ ref('cluster_identities') }}
),

segments as (
    select * from {{ ref('segments') }}
),

clusters_named as (
    select
        identities.cluster_id,
        identities.segment_key,
        coalesce(
            segments.segment_name_{{ var('language') }},
            concat(
                '{{ var("unnamed_segment")[var("language")] | replace("'", "''") }} ',
                identities.segment_key
            )
        ) as segment_name,
        segments.profile_{{ var('language') }} as segment_profile,
        segments.aim_{{ var('language') }} as segment_aim,
        segments.display_order,
        segments.segment_key is not null as is_named_segment
    from identities
    left join segments on identities.segment_key = segments.segment_key
)

select * from clusters_named
