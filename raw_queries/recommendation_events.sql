-- Optional: one row per thing that became of a recommendation: proposed, done or declined.
-- As it stands it returns no row. With a table of them in your database write:
-- select proposal."enterpriseId" as enterprise_id,
--     proposal."recommendationId" as recommendation_id, proposal."event" as event,
--     proposal."date" as event_on
-- from "Proposal" as proposal
select
    null as enterprise_id,
    null as recommendation_id,
    null as event,
    null as event_on
where false
