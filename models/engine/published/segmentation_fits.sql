with published_fits as (
    select * from {{ source('previous_publication', 'segmentation_fits') }}
),

current_fits as (
    select * from {{ ref('current_fits') }}
),

agreements as (
    select * from {{ ref('fit_agreements') }}
),

fits as (
    select
        segmentation,
        fit_id,
        fitted_at,
        reason,
        member_count,
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
        current_fits.segmentation,
        current_fits.fit_id,
        current_fits.fitted_at,
        current_fits.reason,
        current_fits.member_count,
        current_fits.sample_count,
        current_fits.cluster_count,
        current_fits.inertia,
        current_fits.silhouette,
        agreements.ari_to_previous,
        current_fits.settings,
        current_fits.library_versions,
        current_fits.fingerprint
    from current_fits
    left join agreements using (segmentation)
    where current_fits.is_new_fit
)

select * from fits
