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

colours_claimed as (
    select
        keys_gathered.segmentation,
        keys_gathered.segment_key,
        segments.colour_number as seeded_colour_number,
        published_registry.colour_number as published_colour_number
    from keys_gathered
    left join segments
        on
            keys_gathered.segmentation = segments.segmentation
            and keys_gathered.segment_key = segments.segment_key
    left join published_registry
        on
            keys_gathered.segmentation = published_registry.segmentation
            and keys_gathered.segment_key = published_registry.segment_key
),

-- What people write in the seed counts; nobody else keeps a number claimed there.
colours_kept as (
    select
        colours_claimed.segmentation,
        colours_claimed.segment_key,
        case
            when colours_claimed.seeded_colour_number is not null
                then colours_claimed.seeded_colour_number
            when claims.seeded_colour_number is null
                then colours_claimed.published_colour_number
        end as colour_number
    from colours_claimed
    left join colours_claimed as claims
        on
            colours_claimed.segmentation = claims.segmentation
            and colours_claimed.published_colour_number = claims.seeded_colour_number
            and colours_claimed.segment_key <> claims.segment_key
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
looks_chosen as (
    select
        colours_numbered.segmentation,
        colours_numbered.segment_key,
        colours_numbered.colour_number,
        (colours_numbered.colour_number - 1) % colours_counted.colour_count + 1
            as line_of_colour,
        (
            colours_numbered.colour_number - 1
            + cast(
                floor(
                    (colours_numbered.colour_number - 1) / colours_counted.colour_count
                ) as bigint
            )
        ) % colours_counted.colour_count + 1 as line_of_shape
    from colours_numbered
    cross join colours_counted
),

segments_described as (
    select
        looks_chosen.segmentation,
        looks_chosen.segment_key,
        {% for language in ['fr', 'en'] -%}
        coalesce(
            segments.segment_name_{{ language }},
            concat(
                '{{ var("unnamed_segment")[language] | replace("'", "''") }} ',
                looks_chosen.segment_key
            )
        ) as segment_name_{{ language }},
        segments.profile_{{ language }} as segment_profile_{{ language }},
        segments.aim_{{ language }} as segment_aim_{{ language }},
        {% endfor -%}
        segments.display_order,
        segments.segment_key is not null as is_named_segment,
        cast(looks_chosen.colour_number as integer) as colour_number,
        colours.colour as segment_colour,
        shapes.marker as segment_marker
    from looks_chosen
    left join segments
        on
            looks_chosen.segmentation = segments.segmentation
            and looks_chosen.segment_key = segments.segment_key
    inner join segment_colours as colours
        on looks_chosen.line_of_colour = colours.colour_number
    inner join segment_colours as shapes
        on looks_chosen.line_of_shape = shapes.colour_number
)

select * from segments_described
