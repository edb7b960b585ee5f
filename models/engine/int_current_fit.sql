with model_rows as (
    select * from {{ ref('kmeans_model') }}
),

labels as (
    select * from {{ ref('enterprise_clusters') }}
),

last_fit as (
    select * from {{ ref('int_last_fit') }}
),

fit_figures as (
    select
        max(text_value) filter (where parameter = 'fingerprint') as fingerprint,
        max(text_value) filter (where parameter = 'reason') as reason,
        max(text_value) filter (where parameter = 'settings') as settings,
        max(text_value) filter (where parameter = 'library_versions')
            as library_versions,
        max(value) filter (where parameter = 'sample_count') as sample_count,
        max(value) filter (where parameter = 'inertia') as inertia,
        max(value) filter (where parameter = 'silhouette') as silhouette,
        count(distinct cluster_id) as cluster_count
    from model_rows
),

enterprises_counted as (
    select count(*) as enterprise_count from labels
),

-- A fit that learned what the last one learned is that fit, not a new one.
fit_compared as (
    select
        fit_figures.fingerprint,
        fit_figures.reason,
        fit_figures.settings,
        fit_figures.library_versions,
        fit_figures.sample_count,
        fit_figures.cluster_count,
        fit_figures.inertia,
        fit_figures.silhouette,
        enterprises_counted.enterprise_count,
        last_fit.fit_id as last_fit_id,
        last_fit.fitted_at as last_fitted_at,
        last_fit.reason as last_reason,
        coalesce(fit_figures.fingerprint = last_fit.fingerprint, false) as is_last_fit
    from fit_figures
    cross join enterprises_counted
    left join last_fit on true
    where fit_figures.fingerprint is not null
),

fit_numbered as (
    select
        cast(
            case
                when is_last_fit then last_fit_id
                else coalesce(last_fit_id, 0) + 1
            end as integer
        ) as fit_id,
        not is_last_fit as is_new_fit,
        last_fit_id,
        case when is_last_fit then last_fitted_at else {{ as_of() }} end as fitted_at,
        case when is_last_fit then last_reason else reason end as reason,
        fingerprint,
        settings,
        library_versions,
        enterprise_count,
        cast(sample_count as bigint) as sample_count,
        cast(cluster_count as integer) as cluster_count,
        inertia,
        silhouette
    from fit_compared
)

select * from fit_numbered
