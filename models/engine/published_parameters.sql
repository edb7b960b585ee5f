{{ config(materialized='view') }}

{{ in_todays_levels('fit_parameters', [
    'segmentation', 'fit_id', 'row_number', 'parameter', 'position', 'feature_name',
    'feature_level', 'cluster_id', 'value', 'text_value',
]) }}
