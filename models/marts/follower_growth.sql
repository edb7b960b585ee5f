select
    growth.enterprise_id,
    growth.platform,
    coalesce(platforms.platform_name, growth.platform) as platform_name,
    growth.first_measured_on,
    growth.last_measured_on,
    growth.first_followers,
    growth.last_followers,
    growth.days_between,
    growth.growth_per_30_days,
    growth.growth_share_per_30_days
from {{ ref('int_follower_growth') }} as growth
left join {{ ref('platforms') }} as platforms using (platform)
