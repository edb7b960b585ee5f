with contacts as (
    select * from {{ ref('base_contacts') }}
),

enterprise_fates as (
    select * from {{ ref('int_enterprise_fates') }}
),

rows_judged as (
    select
        contacts.raw_row,
        {{ row_digest('contacts', 'contacts') }} as digest,
        contacts.enterprise_id,
        enterprise_fates.surviving_enterprise_id,
        contacts.email_rejection,
        contacts.phone_rejection,
        contacts.meta_email_sha256,
        contacts.meta_phone_sha256,
        contacts.google_email_sha256,
        contacts.google_phone_sha256,
        case
            when contacts.enterprise_id_rejection is not null
                then contacts.enterprise_id_rejection
            {{ rejection_of_fate() }}
        end as attachment_rejection,
        case
            when contacts.marketing_consent_rejection is not null
                then contacts.marketing_consent_rejection
            when
                contacts.meta_email_sha256 is null
                and contacts.meta_phone_sha256 is null
                then coalesce(
                    contacts.email_rejection, contacts.phone_rejection, 'missing_detail'
                )
        end as contact_rejection,
        contacts.marketing_consent_rejection is not null as is_without_consent
    from contacts
    left join enterprise_fates using (enterprise_id)
),

rows_ranked as (
    select
        raw_row,
        row_number() over (
            partition by surviving_enterprise_id, meta_email_sha256, meta_phone_sha256
            order by digest, raw_row
        ) as row_rank
    from rows_judged
    where attachment_rejection is null and contact_rejection is null
),

rows_disposed as (
    select
        rows_judged.raw_row,
        rows_judged.enterprise_id,
        rows_judged.surviving_enterprise_id,
        rows_judged.meta_email_sha256,
        rows_judged.meta_phone_sha256,
        rows_judged.google_email_sha256,
        rows_judged.google_phone_sha256,
        rows_judged.email_rejection,
        rows_judged.phone_rejection,
        case
            when rows_judged.attachment_rejection is not null
                then rows_judged.attachment_rejection
            when rows_judged.contact_rejection is not null
                then rows_judged.contact_rejection
            when rows_ranked.row_rank = 1 then 'used'
            else 'duplicate'
        end as disposition,
        case
            when disposition = 'used' then null
            when rows_judged.attachment_rejection is not null then 'enterprise_id'
            when rows_judged.is_without_consent then 'marketing_consent'
            when
                rows_judged.meta_email_sha256 is null
                and rows_judged.email_rejection is null
                then 'phone'
            else 'email'
        end as deciding_column
    from rows_judged
    left join rows_ranked using (raw_row)
)

select * from rows_disposed
