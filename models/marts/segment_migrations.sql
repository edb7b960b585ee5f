with published_migrations as (
    select * from {{ source('previous_publication', 'segment_migrations') }}
),

migrations as (
    select * from {{ ref('int_segments_migrated') }}
),

current_fit as (
    select * from {{ ref('int_current_fit') }}
),

migrations_of_all_fits as (
    select
        fit_id,
        from_segment_key,
        to_segment_key,
        enterprise_count,
        from_share,
        to_share
    from published_migrations
    union all
    select
        current_fit.fit_id,
        migrations.from_segment_key,
        migrations.to_segment_key,
        migrations.enterprise_count,
        migrations.from_share,
        migrations.to_share
    from migrations
    cross join current_fit
    where current_fit.is_new_fit
)

select * from migrations_of_all_fits
