"""Evidence on a segmentation: number of clusters, stability, other approaches."""
