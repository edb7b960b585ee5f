{{ config(materialized='view') }}

{{ in_todays_levels('projection_loadings', [
    'segmentation', 'fit_id', 'component', 'position', 'feature_name',
    'feature_level', 'loading', 'column_mean', 'explained_variance_share',
]) }}
