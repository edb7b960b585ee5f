-- How large is each segment?
select
    clustered_enterprises.segment_key,
    clustered_enterprises.segment_name,
    count(*) as enterprise_count,
    round(count(*) / sum(count(*)) over (), 4) as enterprise_share
from clustered_enterprises
group by clustered_enterprises.segment_key, clustered_enterprises.segment_name
order by enterprise_count desc, clustered_enterprises.segment_key asc
