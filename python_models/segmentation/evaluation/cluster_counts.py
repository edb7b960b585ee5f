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
    whole = Recipe(sample, settings=settings)
    different_count = len(sample[list(settings.features)].drop_duplicates())
    counts = {*range(SMALLEST_COUNT, LARGEST_COUNT + 1), settings.n_clusters}
    fits = {
        cluster_count: clustering
        for cluster_count in sorted(counts)
        if cluster_count <= different_count
        and (clustering := whole.cluster(cluster_count)) is not None
    }
    nulls = null_silhouettes(
        permute_features(sample, count=NULL_COUNT, seed=seed),
        cluster_counts=list(fits),
        settings=settings,
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
            "null_silhouette": _mean(nulls[cluster_count]),
            "highest_null_silhouette": max(nulls[cluster_count], default=np.nan),
            "davies_bouldin": spread,
            "calinski_harabasz": separation,
            # Of those that k-means made, which the giants' is not.
            "smallest_cluster_size": min(sizes[:-1] if fit.has_giants else sizes),
            "stability_ari": _mean(agreements[cluster_count]),
        }
    return figures


def null_silhouettes(
    copies: Iterable[pd.DataFrame], *, cluster_counts: list[int], settings: FitSettings
) -> dict[int, list[float]]:
    """Silhouettes on the shuffled copies that can be fitted, by number of clusters."""
    silhouettes: dict[int, list[float]] = {count: [] for count in cluster_counts}
    for copy in copies:
        recipe = Recipe(copy, settings=settings)
        for cluster_count, figures in silhouettes.items():
            fit = recipe.cluster(cluster_count)
            if fit is not None and not np.isnan(figure := fit.silhouette):
                figures.append(figure)
    return silhouettes


def subsample_agreements(
    sample: pd.DataFrame,
    labels: dict[int, np.ndarray],
    *,
    subsamples: list[np.ndarray],
    settings: FitSettings,
) -> dict[int, list[float]]:
    """Adjusted Rand index of each subsample's own labels with those of the whole.

    By number of clusters, as the labels of the whole are given; subsamples with fewer
    different members than clusters are left out.
    """
    agreements: dict[int, list[float]] = {count: [] for count in labels}
    for rows in subsamples:
        recipe = Recipe(sample.iloc[rows].reset_index(drop=True), settings=settings)
        for cluster_count, of_whole in labels.items():
            fit = recipe.cluster(cluster_count)
            if fit is not None:
                agreements[cluster_count].append(
                    float(adjusted_rand_score(of_whole[rows], fit.labels))
                )
    return agreements


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
