"""Compare numbers of clusters: the figures that the advice is made from."""

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from segmentation.evaluation.figures import calinski_harabasz, davies_bouldin
from segmentation.evaluation.labelled_fit import fit_and_label, fit_or_none
from segmentation.evaluation.resampling import draw_subsamples, permute_features
from segmentation.learning.fitting import find_giants
from segmentation.learning.settings import FitSettings

SMALLEST_COUNT = 2
LARGEST_COUNT = 10
# To beat each of 9 copies has a chance of 1 in 10 where nothing is there.
NULL_COUNT = 9
RESAMPLE_COUNT = 10
# Ben-Hur et al. (2002): large enough to keep the structure, small enough to shake it.
RESAMPLE_SHARE = 0.8
COLUMN_TYPES = {
    "cluster_count": "integer",
    "sample_count": "bigint",
    "inertia": "double",
    "silhouette": "double",
    "null_silhouette": "double",
    "highest_null_silhouette": "double",
    "davies_bouldin": "double",
    "calinski_harabasz": "double",
    "smallest_cluster_size": "bigint",
    "stability_ari": "double",
}


def evaluate_cluster_counts(
    sample: pd.DataFrame,
    *,
    settings: FitSettings,
    null_count: int = NULL_COUNT,
    resample_count: int = RESAMPLE_COUNT,
) -> pd.DataFrame:
    """Fit the recipe with each number of clusters and measure what comes out.

    The silhouette of k clusters is compared with its values on copies of the sample
    whose features were shuffled independently: how high it is without any structure
    depends on k and on the shape of the features (Hennig and Lin 2015). Stability is
    the mean adjusted Rand index (Hubert and Arabie 1985) between the labels of the fit
    and those of fits on subsamples of 80 %, on the enterprises of the subsample
    (Ben-Hur, Elisseeff and Guyon 2002). The whole recipe is fitted each time,
    imputation and scaling included.

    Parameters
    ----------
    sample : pandas.DataFrame, shape (n_rows, 1 + n_features)
        As :func:`segmentation.learning.sampling.read_fit_sample` returns it.
    settings : FitSettings
        Of the active recipe; its ``n_clusters`` is among the numbers tried.
    null_count, resample_count : int
        Shuffled copies and subsamples; the same ones for every number of clusters.

    Returns
    -------
    pandas.DataFrame
        The columns of COLUMN_TYPES, one row per number of clusters from 2 to 10 and
        for the chosen one, as long as so many different enterprises can be told
        apart. NaN where a figure is not defined or no copy could be fitted.
    """
    seed = settings.random_state
    copies = permute_features(sample, count=null_count, seed=seed)
    subsamples = draw_subsamples(
        len(sample), count=resample_count, share=RESAMPLE_SHARE, seed=seed
    )
    has_giants = bool(find_giants(sample, settings=settings).any())
    rows = []
    for cluster_count in _candidates(sample, settings=settings):
        of_count = replace(
            settings,
            n_clusters=cluster_count,
            fit_sample_size=max(settings.fit_sample_size, cluster_count),
        )
        fit = fit_and_label(sample, settings=of_count)
        if fit is None:
            continue
        nulls = null_silhouettes(copies, settings=of_count)
        rows.append(
            {
                "cluster_count": cluster_count,
                "sample_count": len(sample),
                "inertia": fit.model.inertia,
                "silhouette": fit.model.silhouette,
                "null_silhouette": mean_or_nan(nulls),
                "highest_null_silhouette": max(nulls, default=float("nan")),
                "davies_bouldin": davies_bouldin(fit.transformed, labels=fit.labels),
                "calinski_harabasz": calinski_harabasz(
                    fit.transformed, labels=fit.labels
                ),
                "smallest_cluster_size": smallest_cluster_size(
                    fit.labels, has_giants=has_giants
                ),
                "stability_ari": mean_or_nan(
                    subsample_agreements(
                        sample, fit.labels, subsamples=subsamples, settings=of_count
                    )
                ),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES))


def smallest_cluster_size(labels: np.ndarray, *, has_giants: bool) -> int:
    """Size of the smallest cluster that k-means made.

    The last cluster is left out where giants are set apart: the recipe means it to be
    small.
    """
    sizes = np.bincount(labels)
    return int(min(sizes[:-1] if has_giants else sizes))


def null_silhouettes(
    copies: list[pd.DataFrame], *, settings: FitSettings
) -> list[float]:
    """Silhouette of the recipe on each shuffled copy that it can be fitted on."""
    fits = [fit_or_none(copy, settings=settings) for copy in copies]
    figures = [model.silhouette for model in fits if model is not None]
    return [figure for figure in figures if not np.isnan(figure)]


def subsample_agreements(
    sample: pd.DataFrame,
    labels: np.ndarray,
    *,
    subsamples: list[np.ndarray],
    settings: FitSettings,
) -> list[float]:
    """Adjusted Rand index of each subsample's own labels with those of the whole.

    Parameters
    ----------
    sample : pandas.DataFrame, shape (n_rows, 1 + n_features)
    labels : numpy.ndarray of int, shape (n_rows,)
        Of the fit on the whole sample.
    subsamples : list of numpy.ndarray of int
        Row numbers.
    settings : FitSettings

    Returns
    -------
    list of float
        In [-1, 1]; 1 is the same grouping, 0 what chance gives. Subsamples with fewer
        different enterprises than clusters are left out.
    """
    agreements = []
    for rows in subsamples:
        fit = fit_and_label(sample.iloc[rows].reset_index(drop=True), settings=settings)
        if fit is not None:
            agreements.append(float(adjusted_rand_score(labels[rows], fit.labels)))
    return agreements


def mean_or_nan(values: list[float]) -> float:
    """Mean of the values, NaN of none."""
    return float(np.mean(values)) if values else float("nan")


def _candidates(sample: pd.DataFrame, *, settings: FitSettings) -> list[int]:
    features = [*settings.numeric_features, *settings.categorical_features]
    different_count = len(sample[features].drop_duplicates())
    tried = {*range(SMALLEST_COUNT, LARGEST_COUNT + 1), settings.n_clusters}
    return sorted(count for count in tried if count <= different_count)
