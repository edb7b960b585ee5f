{{ history('segmentation_fits', ref('current_fits'), [
    'segmentation', 'fit_id', 'fitted_at', 'reason', 'member_count', 'sample_count',
    'cluster_count', 'inertia', 'silhouette', 'ari_to_previous', 'settings',
    'library_versions', 'fingerprint',
]) }}
