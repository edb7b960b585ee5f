-- One row per measurement of an account's followers, and one without a count for an
-- account that nobody has measured: it exists, and its followers are unknown, not 0.
select
    network."enterpriseId" as enterprise_id,
    network."platform" as platform,
    engagement."followersCount" as followers,
    engagement."measuredAt"::date as measured_on
from "SocialNetwork" as network
left join "Engagement" as engagement on engagement."socialNetworkId" = network."id"
