-- Optional: one row per contact of a client, for audiences of advertising platforms.
-- As it stands it returns no row, and without this file there are no contacts either.
-- With a table of contacts in your database write, for instance:
-- select contact."enterpriseId" as enterprise_id, contact."email" as email,
--     contact."phone" as phone, contact."marketingConsent" as marketing_consent
-- from "Contact" as contact
select
    null as enterprise_id,
    null as email,
    null as phone,
    null as marketing_consent
where false
