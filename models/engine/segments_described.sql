with identities as (
    select * from {{ ref('cluster_identities') }}
),

segments as (
    select * from {{ ref('segments') }}
),

published_registry as (
    select * from {{ source('previous_publication', 'segment_registry') }}
),

segment_colours as (
    select * from {{ ref('segment_colours') }}
),

keys_gathered as (
    select
        segmentation,
        segment_key
    from identities
    union
    select
        segmentation,
        segment_key
    from segments
    union
    select
        segmentation,
        segment_key
    from published_registry
),

-- What people write in the seed counts; nobody else keeps a number claimed there.
colours_kept as (
    select
        keys_gathered.segmentation,
        keys_gathered.segment_key,
        case
            when segments.colour_number is not null then segments.colour_number
            when claims.segment_key is null then published_registry.colour_number
        end as colour_number
    from keys_gathered
    left join segments using (segmentation, segment_key)
    left join published_registry using (segmentation, segment_key)
    left join segments as claims
        on
            published_registry.segmentation = claims.segmentation
            and published_registry.colour_number = claims.colour_number
            and published_registry.segment_key <> claims.segment_key
),

colours_numbered as (
    select
        segmentation,
        segment_key,
        coalesce(
            colour_number,
            coalesce(max(colour_number) over (partition by segmentation), 0)
            + row_number() over (
                partition by segmentation, colour_number is null order by segment_key
            )
        ) as colour_number
    from colours_kept
),

colours_counted as (
    select count(*) as colour_count
    from segment_colours
),

-- Beyond the last colour the first comes again, each round in the next one's shape.
segments_described as (
    select
        colours_numbered.segmentation,
        colours_numbered.segment_key,
        {% for language in ['fr', 'en'] -%}
        coalesce(
            segments.segment_name_{{ language }},
            concat(
                '{{ var("unnamed_segment")[language] | replace("'", "''") }} ',
                colours_numbered.segment_key
            )
        ) as segment_name_{{ language }},
        segments.profile_{{ language }} as segment_profile_{{ language }},
        segments.aim_{{ language }} as segment_aim_{{ language }},
        {% endfor -%}
        segments.display_order,
        segments.segment_key is not null as is_named_segment,
        cast(colours_numbered.colour_number as integer) as colour_number,
        colours.colour as segment_colour,
        shapes.marker as segment_marker
    from colours_numbered
    cross join colours_counted as counted
    left join segments using (segmentation, segment_key)
    inner join segment_colours as colours
        on
            (colours_numbered.colour_number - 1) % counted.colour_count + 1
            = colours.colour_number
    inner join segment_colours as shapes
        on
            (
                colours_numbered.colour_number - 1 + cast(
                    floor((colours_numbered.colour_number - 1) / counted.colour_count)
                    as bigint
                )
            ) % counted.colour_count + 1 = shapes.colour_number
)

select * from segments_described
