-- Shares that do not sum to 1 mean that a value of a dimension or a cluster was lost.
select
    segmentation,
    dimension,
    cluster_id,
    sum(cluster_share) as share_sum
from {{ ref('cluster_mix') }}
group by segmentation, dimension, cluster_id
having abs(sum(cluster_share) - 1) > 1e-9
union all
select
    'visibility' as segmentation,
    'cluster' as dimension,
    null as cluster_id,
    sum(enterprise_share) as share_sum
from {{ ref('cluster_profiles') }}
having abs(sum(enterprise_share) - 1) > 1e-9
{%- if 'purchases' in var('segmentations') %}
{%- for mart, share in [
    ('account_cluster_profiles', 'account_share'),
    ('account_cluster_profiles', 'sales_share'),
    ('rfm_grid', 'account_share'),
] %}
union all
select
    'purchases' as segmentation,
    '{{ mart }}' as dimension,
    null as cluster_id,
    sum({{ share }}) as share_sum
from {{ ref(mart) }}
having abs(sum({{ share }}) - 1) > 1e-9
{%- endfor %}
{%- endif %}
