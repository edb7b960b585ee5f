{%- set digests = [
    'meta_email_sha256', 'meta_phone_sha256',
    'google_email_sha256', 'google_phone_sha256',
] -%}

with contacts as (
    select * from {{ ref('int_contacts_disposed') }}
),

members as (
    select * from {{ ref('members_placed') }}
),

published_members as (
    select * from {{ source('previous_publication', 'audience_members') }}
),

members_today as (
    select
        members.segmentation,
        members.segment_key,
        contacts.surviving_enterprise_id as enterprise_id,
        md5(concat_ws(
            chr(31),
            coalesce(contacts.meta_email_sha256, ''),
            coalesce(contacts.meta_phone_sha256, '')
        )) as contact_key,
        contacts.{{ digests | join(',\n        contacts.') }}
    from contacts
    inner join members on contacts.surviving_enterprise_id = members.member_id
    where
        contacts.disposition = 'used'
        and members.segmentation
        in ('{{ segmentations_of("enterprise_id") | join("', '") }}')
),

members_before as (
    select
        segmentation,
        segment_key,
        enterprise_id,
        contact_key,
        {{ digests | join(',\n        ') }}
    from published_members
    where membership <> 'removed'
),

members_compared as (
    select
        segmentation,
        segment_key,
        enterprise_id,
        contact_key,
        {% for digest in digests -%}
        coalesce(members_today.{{ digest }}, members_before.{{ digest }})
            as {{ digest }},
        {% endfor -%}
        case
            when members_before.contact_key is null then 'added'
            when members_today.contact_key is null then 'removed'
            else 'kept'
        end as membership
    from members_today
    full join members_before
        using (segmentation, segment_key, enterprise_id, contact_key)
)

select * from members_compared
