-- An action that opens a page is not for who has one, and one that works with a page not
-- for who has none: by the used rows, whatever the matching has made of them.
with accounts as (
    select distinct
        disposed.surviving_enterprise_id as enterprise_id,
        asked.platform
    from {{ ref('int_social_accounts_disposed') }} as disposed
    cross join lateral (
        select disposed.platform union all select 'any'
    ) as asked (platform)
    where disposed.disposition = 'used'
),

{% for column in ['has_account_on', 'has_no_account_on'] -%}
{{ column }} as (
    select
        advised.enterprise_id,
        advised.recommendation_id,
        unnest(string_split(seed.{{ column }}, ' | ')) as platform
    from {{ ref('enterprise_recommendations') }} as advised
    inner join {{ ref('recommendations') }} as seed using (recommendation_id)
){{ ',' if not loop.last }}

{% endfor -%}
select
    enterprise_id,
    recommendation_id,
    'has none on ' || platform as why_not
from has_account_on
anti join accounts using (enterprise_id, platform)
union all
select
    enterprise_id,
    recommendation_id,
    'has one on ' || platform as why_not
from has_no_account_on
semi join accounts using (enterprise_id, platform)
