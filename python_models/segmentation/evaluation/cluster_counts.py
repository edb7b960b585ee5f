"""Compare numbers of clusters: the figures that the advice is made from."""

from collections.abc import Iterable
from dataclasses import replace
from math import log, nan, sqrt

import numpy as np
import pandas as pd
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
)
from sklearn.mixture import GaussianMixture

from segmentation.evaluation.resampling import copy_without_groups, draw_subsamples
from segmentation.evaluation.space import Recipe
from segmentation.learning.fitting import find_giants, prepare_sample
from segmentation.learning.pipeline import use_one_thread
from segmentation.learning.settings import FitSettings

SMALLEST_COUNT = 2
LARGEST_COUNT = 10
# To beat each of 19 copies has a chance of 1 in 20 where nothing is there.
NULL_COUNT = 19
RESAMPLE_COUNT = 10
# Ben-Hur et al. (2002): large enough to keep the structure, small enough to shake it.
RESAMPLE_SHARE = 0.8
# Starts of k-means: with one, a subsample of five or eight groups often misses some.
NULL_STARTS = 1
RESAMPLE_STARTS = 3
# More members than this beyond the fence are a group or a tail, not giants.
GIANT_SHARE = 0.05


def evaluate_cluster_counts(
    sample: pd.DataFrame,
    *,
    settings: FitSettings,
    cluster_counts: Iterable[int] | None = None,
) -> dict[int, dict[str, float]]:
    """Fit the recipe with each number of clusters and measure what comes out.

    The figures of the recipe itself are those of the whole sample. What advises leaves
    the giants out (:func:`tell_giants`): a few of them would have the clusters, and
    hide all else. The silhouette and the inertia of the others are compared with those
    of copies without groups (Hennig and Lin 2015), as
    :func:`segmentation.evaluation.resampling.copy_without_groups` makes them: how high
    they are without any structure depends on k and on the features. The gap is that of
    Tibshirani, Walther and Hastie (2001), with these copies as its reference. Stability
    is the mean adjusted Rand index (Hubert and Arabie 1985) between the labels of the
    fit and those of fits on subsamples of 80 %, on the members of the subsample
    (Ben-Hur, Elisseeff and Guyon 2002). Imputation and scaling are learned anew on
    each. The BIC (Schwarz 1978) is that of a mixture of Gaussians with one covariance
    on the numeric features.

    Returns figures by number of clusters: those asked for, else from 2 to 10 and the
    chosen one, as long as so many different members can be told apart. NaN where a
    figure is not defined.
    """
    use_one_thread()
    seed = settings.random_state
    different_count = len(sample[list(settings.features)].drop_duplicates())
    wanted = cluster_counts or {
        *range(SMALLEST_COUNT, LARGEST_COUNT + 1),
        settings.n_clusters,
    }
    fits = Recipe(sample, settings=settings).cluster_each(
        count for count in sorted(wanted) if count <= different_count
    )
    is_giant = tell_giants(sample, settings=settings)
    others = sample[~is_giant].reset_index(drop=True)
    # Clusters of a recipe that sets giants apart are one more than the others'.
    extra = int(is_giant.any() and settings.sets_giants_apart)
    settings = replace(settings, sets_giants_apart=False)
    recipe = Recipe(others, settings=settings)
    of_others = (
        fits
        if not is_giant.any()
        else recipe.cluster_each(
            count - extra for count in fits if count - extra >= SMALLEST_COUNT
        )
    )
    nulls = _measure_copies(others, cluster_counts=of_others, settings=settings)
    agreements = subsample_agreements(
        others,
        {cluster_count: fit.labels for cluster_count, fit in of_others.items()},
        subsamples=draw_subsamples(
            len(others), count=RESAMPLE_COUNT, share=RESAMPLE_SHARE, seed=seed
        ),
        settings=replace(settings, n_init=min(RESAMPLE_STARTS, settings.n_init)),
    )
    numbers = replace(settings, categorical_features=())
    _, points, _ = prepare_sample(others, settings=numbers)
    figures = {}
    for cluster_count, fit in fits.items():
        spread = separation = nan
        if cluster_count < len(sample):
            spread = davies_bouldin_score(fit.space.points, fit.labels)
            separation = calinski_harabasz_score(fit.space.points, fit.labels)
        sizes = np.bincount(fit.labels)
        figures[cluster_count] = {
            "sample_count": len(sample),
            "inertia": fit.inertia,
            "silhouette": fit.silhouette,
            "davies_bouldin": spread,
            "calinski_harabasz": separation,
            # Of those that k-means made, which the giants' is not.
            "smallest_cluster_size": min(sizes[:-1] if fit.has_giants else sizes),
            "giant_count": is_giant.sum(),
        }
        count = cluster_count - extra
        if count not in of_others:
            continue
        silhouettes, inertias = nulls["silhouette"][count], nulls["inertia"][count]
        figures[cluster_count] |= {
            "silhouette_without_giants": of_others[count].silhouette,
            "smallest_size_without_giants": np.bincount(of_others[count].labels).min(),
            "null_silhouette": silhouettes.mean(),
            "highest_null_silhouette": silhouettes.max(),
            "gap": inertias.mean() - _log(of_others[count].inertia),
            "gap_error": inertias.std(ddof=0) * sqrt(1 + 1 / max(NULL_COUNT, 1)),
            "mixture_bic": _mixture_bic(points, count, seed=seed),
            "stability_ari": agreements[count].mean(),
        }
    return figures


def tell_giants(sample: pd.DataFrame, *, settings: FitSettings) -> np.ndarray:
    """Tell who is left out of the advice: giants by the recipe's rule, or by the same.

    A recipe that sets none apart names no counts to tell them by: these are its
    ``log1p_features``, else all numeric features without negative values but flags.
    What more than GIANT_SHARE of the members have in common is a group and stays in.
    """
    if settings.sets_giants_apart:
        return find_giants(sample, settings=settings)
    counts = settings.log1p_features or tuple(
        name
        for name in settings.numeric_features
        if name not in settings.unscaled_features
        and sample[name].min() >= 0
        and not sample[name].dropna().isin([0, 1]).all()
    )
    told = replace(settings, log1p_features=counts, sets_giants_apart=bool(counts))
    is_giant = find_giants(sample, settings=told)
    return is_giant & (is_giant.mean() <= GIANT_SHARE)


def _measure_copies(
    sample: pd.DataFrame, *, cluster_counts: Iterable[int], settings: FitSettings
) -> dict[str, pd.DataFrame]:
    """Silhouette and log of the inertia, a row by copy and a column by number."""
    found = {
        figure: pd.DataFrame(columns=list(cluster_counts), dtype=float)
        for figure in ("silhouette", "inertia")
    }
    copies = copy_without_groups(
        sample,
        numeric_features=settings.numeric_features,
        count=NULL_COUNT,
        seed=settings.random_state,
    )
    of_copies = replace(settings, n_init=NULL_STARTS)
    for i, copy in enumerate(copies):
        fits = Recipe(copy, settings=of_copies).cluster_each(cluster_counts)
        for count, fit in fits.items():
            found["silhouette"].loc[i, count] = fit.silhouette
            found["inertia"].loc[i, count] = _log(fit.inertia)
    return found


def _log(inertia: float) -> float:
    return log(inertia) if inertia > 0 else nan


def _mixture_bic(points: np.ndarray, cluster_count: int, *, seed: int) -> float:
    if len(points) <= cluster_count:
        return nan
    mixture = GaussianMixture(cluster_count, covariance_type="tied", random_state=seed)
    return float(mixture.fit(points).bic(points))


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
