-- An action that opens a page is not for who has one, and one that works with a page
-- not for who has none: by the used rows, whatever the matching has made of them.
with used_accounts as (
    select
        surviving_enterprise_id as enterprise_id,
        {{ listed_values("platform || ' | any'") }} as platform
    from {{ ref('int_social_accounts_disposed') }}
    where disposition = 'used'
),

conditions as (
    {% for column in ['has_account_on', 'has_no_account_on'] -%}
    select
        recommendation_id,
        {{ (column == 'has_account_on') | lower }} as is_there,
        {{ listed_values(column) }} as platform
    from {{ ref('recommendations') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    advised.enterprise_id,
    advised.recommendation_id,
    conditions.platform
from {{ ref('enterprise_recommendations') }} as advised
inner join conditions using (recommendation_id)
left join used_accounts
    on
        advised.enterprise_id = used_accounts.enterprise_id
        and conditions.platform = used_accounts.platform
where (used_accounts.platform is not null) <> conditions.is_there
