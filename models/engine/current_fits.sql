with fit_rows as (
    select * from {{ ref('fit_rows') }}
),

member_clusters as (
    select * from {{ ref('member_clusters') }}
),

last_fits as (
    select * from {{ ref('last_fits') }}
),

agreements as (
    select * from {{ ref('fit_agreements') }}
),

fits_summarised as (
    select
        segmentation,
        {% for text in ['fingerprint', 'reason', 'settings', 'library_versions'] -%}
        max(text_value) filter (where section = 'model' and parameter = '{{ text }}')
            as {{ text }},
        {% endfor -%}
        {% for figure in ['sample_count', 'inertia', 'silhouette'] -%}
        max(value) filter (where section = 'model' and parameter = '{{ figure }}')
            as {{ figure }},
        {% endfor -%}
        max(value) filter (where section = 'decision' and parameter = 'agreement')
            as agreement_with_refit,
        max(text_value) filter (where section = 'decision' and parameter = 'declined')
            as declined_refit,
        count(distinct cluster_id) filter (where section = 'model') as cluster_count
    from fit_rows
    group by segmentation
),

members_counted as (
    select
        segmentation,
        count(*) as member_count
    from member_clusters
    group by segmentation
),

-- A fit that learned what the last one learned is that fit, not a new one.
fits_numbered as (
    select
        fits_summarised.segmentation,
        cast(coalesce(same_fits.fit_id, last_fits.fit_id + 1, 1) as integer) as fit_id,
        same_fits.fit_id is null as is_new_fit,
        last_fits.fit_id as last_fit_id,
        coalesce(same_fits.fitted_at, {{ as_of() }}) as fitted_at,
        coalesce(same_fits.reason, fits_summarised.reason) as reason,
        fits_summarised.fingerprint,
        fits_summarised.settings,
        fits_summarised.library_versions,
        coalesce(members_counted.member_count, 0) as member_count,
        cast(fits_summarised.sample_count as bigint) as sample_count,
        cast(fits_summarised.cluster_count as integer) as cluster_count,
        fits_summarised.inertia,
        fits_summarised.silhouette,
        fits_summarised.agreement_with_refit,
        fits_summarised.declined_refit,
        agreements.ari_to_previous
    from fits_summarised
    left join members_counted using (segmentation)
    left join last_fits using (segmentation)
    left join agreements using (segmentation)
    left join last_fits as same_fits
        on
            fits_summarised.segmentation = same_fits.segmentation
            and fits_summarised.fingerprint = same_fits.fingerprint
)

select * from fits_numbered
