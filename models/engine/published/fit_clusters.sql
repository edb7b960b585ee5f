{{ history('fit_clusters', ref('cluster_identities'), [
    'segmentation', 'fit_id', 'cluster_id', 'segment_key', 'matched_by',
    'match_distance', 'match_overlap',
]) }}
