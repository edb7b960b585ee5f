{#- A view: the scores of each segmentation are tables. -#}
{{ config(materialized='view') }}

with member_clusters as (
    {{ stacked('scores', ['member_id', 'cluster_id']) }}
)

select * from member_clusters
