{{ history('fit_profiles', ref('cluster_measures'), [
    'segmentation', 'fit_id', 'segment_key', 'measure', 'mean_value',
]) }}
