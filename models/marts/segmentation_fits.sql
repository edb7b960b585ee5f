with published_fits as (
    select * from {{ source('previous_publication', 'segmentation_fits') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

agreement as (
    select * from {{ ref('int_fit_agreement') }}
),

fits as (
    select
        fit_id,
        fitted_at,
        reason,
        enterprise_count,
        sample_count,
        cluster_count,
        inertia,
        silhouette,
        ari_to_previous,
        settings,
        library_versions,
        fingerprint
    from published_fits
    union all
    select
        current_fit.fit_id,
        current_fit.fitted_at,
        current_fit.reason,
        current_fit.enterprise_count,
        current_fit.sample_count,
        current_fit.cluster_count,
        current_fit.inertia,
        current_fit.silhouette,
        agreement.ari_to_previous,
        current_fit.settings,
        current_fit.library_versions,
        current_fit.fingerprint
    from current_fit
    left join agreement on true
    where current_fit.is_new_fit
)

select * from fits
