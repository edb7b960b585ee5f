-- One row per client. PostgreSQL, run as it is on your database when raw_source is
-- postgres: change it to fit your schema, and keep the names behind `as`.
-- Times are read as UTC; for the day in Paris write
-- (enterprise."createdAt" at time zone 'UTC' at time zone 'Europe/Paris')::date.
select
    enterprise."id" as enterprise_id,
    enterprise."name" as enterprise_name,
    category."name" as category_name,
    enterprise."address" ->> 'city' as city_name,
    enterprise."address" ->> 'postalCode' as postal_code,
    enterprise."isActive" as is_active,
    enterprise."createdAt"::date as created_at
from "Enterprise" as enterprise
left join "Category" as category on category."id" = enterprise."categoryId"
