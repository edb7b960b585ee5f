"""Measure how well each cluster survives a resampling of the enterprises."""

import numpy as np
import pandas as pd

from segmentation.evaluation.labelled_fit import fit_and_label
from segmentation.evaluation.resampling import draw_bootstraps
from segmentation.learning.settings import FitSettings

BOOTSTRAP_COUNT = 50
# Hennig (2007): a cluster with at most half in common with any new one is dissolved;
# fpc::clusterboot counts it as recovered from three quarters on.
DISSOLVED_UP_TO = 0.5
RECOVERED_FROM = 0.75
COLUMN_TYPES = {
    "cluster_id": "integer",
    "sample_count": "bigint",
    "mean_jaccard": "double",
    "dissolved_share": "double",
    "recovered_share": "double",
    "bootstrap_count": "integer",
}


def measure_stability(
    sample: pd.DataFrame,
    *,
    cluster_of_enterprise: pd.Series,
    cluster_count: int,
    settings: FitSettings,
    bootstraps: list[np.ndarray] | None = None,
) -> pd.DataFrame:
    """Cluster bootstrap samples anew and look for every cluster in the result.

    Hennig (2007), Cluster-wise assessment of cluster stability, as in
    fpc::clusterboot: for each bootstrap sample and each cluster, the largest Jaccard
    coefficient with one of the new clusters, on the different enterprises of the
    bootstrap sample. A cluster without an enterprise in a bootstrap sample counts as 0
    there, as in fpc::clusterboot.

    Parameters
    ----------
    sample : pandas.DataFrame, shape (n_rows, 1 + n_features)
        As :func:`segmentation.learning.sampling.read_fit_sample` returns it.
    cluster_of_enterprise : pandas.Series
        ``cluster_id`` of the active model, by ``enterprise_id``.
    cluster_count : int
        Clusters of the active model.
    settings : FitSettings
        Of the active model.
    bootstraps : list of numpy.ndarray of int, optional
        Row numbers of each bootstrap sample, without repetition; drawn with the seed
        of the settings if not given.

    Returns
    -------
    pandas.DataFrame, shape (cluster_count, 6)
        The columns of COLUMN_TYPES. NaN for a cluster without an enterprise in the
        sample, and for all where fewer than half of the bootstrap samples could be
        fitted.
    """
    if bootstraps is None:
        bootstraps = draw_bootstraps(
            len(sample), count=BOOTSTRAP_COUNT, seed=settings.random_state
        )
    labels = cluster_of_enterprise.loc[sample["enterprise_id"]].to_numpy(dtype=int)
    jaccards = []
    for rows in bootstraps:
        fit = fit_and_label(sample.iloc[rows].reset_index(drop=True), settings=settings)
        if fit is not None:
            jaccards.append(
                largest_jaccards(labels[rows], fit.labels, cluster_count=cluster_count)
            )
    by_bootstrap = np.array(jaccards).reshape(len(jaccards), cluster_count)
    sizes = np.bincount(labels, minlength=cluster_count)
    # Those that cannot be fitted are not a random choice: they lack whole clusters.
    is_measured = (sizes > 0) & (2 * len(jaccards) >= len(bootstraps) > 0)

    def mean_of(values: np.ndarray) -> np.ndarray:
        total = values.sum(axis=0) / max(len(jaccards), 1)
        return np.where(is_measured, total, np.nan)

    return pd.DataFrame(
        {
            "cluster_id": range(cluster_count),
            "sample_count": sizes,
            "mean_jaccard": mean_of(by_bootstrap),
            "dissolved_share": mean_of(by_bootstrap <= DISSOLVED_UP_TO),
            "recovered_share": mean_of(by_bootstrap >= RECOVERED_FROM),
            "bootstrap_count": len(jaccards),
        }
    )


def largest_jaccards(
    labels: np.ndarray, new_labels: np.ndarray, *, cluster_count: int
) -> np.ndarray:
    """Jaccard coefficient of each cluster with the new cluster most like it.

    Parameters
    ----------
    labels, new_labels : numpy.ndarray of int, shape (n_rows,)
        Two groupings of the same enterprises.
    cluster_count : int
        Clusters of the first grouping, numbered from 0.

    Returns
    -------
    numpy.ndarray, shape (cluster_count,)
        In [0, 1]: enterprises in both over enterprises in either; 0 for a cluster that
        has none of the enterprises.
    """
    is_in = labels[:, None] == np.arange(cluster_count)
    is_in_new = new_labels[:, None] == np.unique(new_labels)
    common = is_in.T.astype(int) @ is_in_new.astype(int)
    either = is_in.sum(axis=0)[:, None] + is_in_new.sum(axis=0) - common
    return (common / either).max(axis=1)
