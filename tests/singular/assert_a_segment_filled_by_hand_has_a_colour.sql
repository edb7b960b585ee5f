{#- The build may go on: the colour is right today, but may be another's tomorrow. -#}
{{ config(severity='warn') }}

-- A colour that the seed leaves open is kept in segment_registry, which has the
-- segments of fits. A segment that is only filled by hand would change its colour with
-- each new one: its number must stand in the seed.
select distinct
    placed.segmentation,
    placed.segment_key
from {{ ref('members_placed') }} as placed
inner join {{ ref('segments') }} as segments using (segmentation, segment_key)
left join {{ ref('segment_registry') }} as registry using (segmentation, segment_key)
where segments.colour_number is null and registry.segment_key is null
