"""Compare numbers of clusters: the figures that the advice is made from."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
)

from segmentation.evaluation.resampling import draw_subsamples, permute_features
from segmentation.evaluation.space import Recipe
from segmentation.learning.pipeline import use_one_thread
from segmentation.learning.settings import FitSettings

SMALLEST_COUNT = 2
LARGEST_COUNT = 10
# To beat each of 9 copies has a chance of 1 in 10 where nothing is there.
NULL_COUNT = 9
RESAMPLE_COUNT = 10
# Ben-Hur et al. (2002): large enough to keep the structure, small enough to shake it.
RESAMPLE_SHARE = 0.8


def evaluate_cluster_counts(
    sample: pd.DataFrame, *, settings: FitSettings
) -> dict[int, dict[str, float]]:
    """Fit the recipe with each number of clusters and measure what comes out.

    The silhouette of k clusters is compared with its values on copies of the sample
    whose features were shuffled independently: how high it is without any structure
    depends on k and on the shape of the features (Hennig and Lin 2015). Stability is
    the mean adjusted Rand index (Hubert and Arabie 1985) between the labels of the fit
    and those of fits on subsamples of 80 %, on the members of the subsample (Ben-Hur,
    Elisseeff and Guyon 2002). Imputation and scaling are learned anew on each.

    Returns figures by number of clusters: those from 2 to 10 and the chosen one, as
    long as so many different members can be told apart. NaN where a figure is not
    defined.
    """
    use_one_thread()
    seed = settings.random_state
    different_count = len(sample[list(settings.features)].drop_duplicates())
    counts = {*range(SMALLEST_COUNT, LARGEST_COUNT + 1), settings.n_clusters}
    fits = Recipe(sample, settings=settings).cluster_each(
        count for count in sorted(counts) if count <= different_count
    )
    copies = permute_features(sample, count=NULL_COUNT, seed=seed)
    nulls = pd.DataFrame(
        [_silhouettes(copy, cluster_counts=fits, settings=settings) for copy in copies],
        columns=list(fits),
        dtype=float,
    )
    agreements = subsample_agreements(
        sample,
        {cluster_count: fit.labels for cluster_count, fit in fits.items()},
        subsamples=draw_subsamples(
            len(sample), count=RESAMPLE_COUNT, share=RESAMPLE_SHARE, seed=seed
        ),
        settings=settings,
    )
    figures = {}
    for cluster_count, fit in fits.items():
        spread = separation = float("nan")
        if cluster_count < len(sample):
            spread = davies_bouldin_score(fit.space.points, fit.labels)
            separation = calinski_harabasz_score(fit.space.points, fit.labels)
        sizes = np.bincount(fit.labels)
        figures[cluster_count] = {
            "sample_count": len(sample),
            "inertia": fit.inertia,
            "silhouette": fit.silhouette,
            "null_silhouette": nulls[cluster_count].mean(),
            "highest_null_silhouette": nulls[cluster_count].max(),
            "davies_bouldin": spread,
            "calinski_harabasz": separation,
            # Of those that k-means made, which the giants' is not.
            "smallest_cluster_size": min(sizes[:-1] if fit.has_giants else sizes),
            "stability_ari": agreements[cluster_count].mean(),
        }
    return figures


def _silhouettes(
    sample: pd.DataFrame, *, cluster_counts: Iterable[int], settings: FitSettings
) -> dict[int, float]:
    fits = Recipe(sample, settings=settings).cluster_each(cluster_counts)
    return {count: fit.silhouette for count, fit in fits.items()}


def subsample_agreements(
    sample: pd.DataFrame,
    labels: dict[int, np.ndarray],
    *,
    subsamples: list[np.ndarray],
    settings: FitSettings,
) -> pd.DataFrame:
    """Adjusted Rand index of each subsample's own labels with those of the whole.

    A column by number of clusters, as the labels of the whole are given; NaN where a
    subsample has fewer different members than clusters.
    """
    agreements = pd.DataFrame(columns=list(labels), dtype=float)
    for i, rows in enumerate(subsamples):
        recipe = Recipe(sample.iloc[rows].reset_index(drop=True), settings=settings)
        for cluster_count, fit in recipe.cluster_each(labels).items():
            agreements.loc[i, cluster_count] = adjusted_rand_score(
                labels[cluster_count][rows], fit.labels
            )
    return agreements
