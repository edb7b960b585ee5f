{{ history('fit_parameters', ref('fit_rows'), [
    'segmentation', 'fit_id', 'row_number', 'parameter', 'position', 'feature_name',
    'feature_level', 'cluster_id', 'value', 'text_value',
], where="added.section = 'model'") }}
