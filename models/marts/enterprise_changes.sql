with changes as (
    select *
    from {{ ref('segment_changes') }}
    where segmentation = 'visibility' and changed_at = {{ as_of() }}
),

publications_compared as (
    select distinct previous_published_at
    from {{ ref('segment_sizes_over_time') }}
    where
        segmentation = 'visibility' and published_at = {{ as_of() }}
        and previous_published_at is not null
),

segments as (
    select *
    from {{ ref('segments_described') }}
    where segmentation = 'visibility'
),

causes as (
    select * from {{ ref('change_causes') }}
),

reasons as (
    select * from {{ ref('rejection_reasons') }}
),

features as (
    select * from {{ ref('enterprise_features') }}
),

fates as (
    select * from {{ ref('int_enterprise_fates') }}
),

published_enterprises as (
    select * from {{ source('previous_publication', 'enterprise_segments') }}
),

published_changes as (
    select *
    from {{ source('previous_publication', 'enterprise_changes') }}
    where changed_at = {{ as_of() }}
),

-- Who left is in the last publication only, or, where this build has its clock, listed
-- there as gone.
changes_explained as (
    select
        changes.member_id as enterprise_id,
        changes.change_number,
        coalesce(
            features.enterprise_name,
            published_changes.enterprise_name,
            published_enterprises.enterprise_name,
            changes.member_id
        ) as enterprise_name,
        {% for name in ['category_name', 'city_name'] -%}
        coalesce(
            features.{{ name }}, published_changes.{{ name }},
            published_enterprises.{{ name }}
        ) as {{ name }},
        {% endfor -%}
        case
            when changes.from_segment_key is null then 'entered'
            when changes.to_segment_key is null then 'left'
            else 'moved'
        end as change_type,
        changes.cause,
        case
            when changes.cause <> 'gone' then null
            when fates.enterprise_id is null then 'not_delivered'
            when fates.enterprise_id <> fates.surviving_enterprise_id then 'duplicate'
            else nullif(fates.survivor_disposition, 'used')
        end as reason_left,
        changes.from_segment_key,
        changes.to_segment_key,
        features.followers_total,
        coalesce(
            published_changes.previous_followers_total,
            published_enterprises.followers_facebook
            + published_enterprises.followers_instagram
            + published_enterprises.followers_tiktok
            + published_enterprises.followers_other
        ) as previous_followers_total,
        changes.changed_at,
        publications_compared.previous_published_at
    from changes
    cross join publications_compared
    left join features on changes.member_id = features.enterprise_id
    left join published_enterprises
        on changes.member_id = published_enterprises.enterprise_id
    left join published_changes
        on
            changes.member_id = published_changes.enterprise_id
            and changes.change_number = published_changes.change_number
    left join fates
        on changes.cause = 'gone' and changes.member_id = fates.enterprise_id
),

changes_in_words as (
    select
        explained.enterprise_id,
        explained.change_number,
        explained.enterprise_name,
        explained.category_name,
        explained.city_name,
        explained.change_type,
        explained.from_segment_key,
        from_segments.segment_name_fr as from_segment_name_fr,
        from_segments.segment_name_en as from_segment_name_en,
        explained.to_segment_key,
        to_segments.segment_name_fr as to_segment_name_fr,
        to_segments.segment_name_en as to_segment_name_en,
        explained.cause,
        explained.reason_left,
        coalesce(reasons.description_fr, causes.cause_fr) as cause_fr,
        coalesce(reasons.description_en, causes.cause_en) as cause_en,
        explained.followers_total,
        explained.previous_followers_total,
        explained.changed_at,
        explained.previous_published_at
    from changes_explained as explained
    inner join causes on explained.cause = causes.cause
    left join reasons on explained.reason_left = reasons.reason
    left join segments as from_segments
        on explained.from_segment_key = from_segments.segment_key
    left join segments as to_segments
        on explained.to_segment_key = to_segments.segment_key
)

select * from changes_in_words
