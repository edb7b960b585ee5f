{{ history('fit_profiles', 'cluster_measures', [
    'segmentation', 'fit_id', 'segment_key', 'measure', 'mean_value',
]) }}
