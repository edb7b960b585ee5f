with published_clusters as (
    select * from {{ source('previous_publication', 'fit_clusters') }}
),

identities as (
    select * from {{ ref('cluster_identities') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

clusters_of_all_fits as (
    select
        fit_id,
        cluster_id,
        segment_key,
        matched_by,
        match_distance,
        match_overlap
    from published_clusters
    union all
    select
        current_fit.fit_id,
        identities.cluster_id,
        identities.segment_key,
        identities.matched_by,
        identities.match_distance,
        identities.match_overlap
    from identities
    cross join current_fit
    where current_fit.is_new_fit
)

select * from clusters_of_all_fits
