"""Measure how well each cluster survives a resampling of the members."""

import numpy as np
import pandas as pd

from segmentation.evaluation.resampling import draw_bootstraps
from segmentation.evaluation.space import Recipe
from segmentation.learning.pipeline import use_one_thread
from segmentation.learning.settings import FitSettings

BOOTSTRAP_COUNT = 50
# Hennig (2007): a cluster with at most half in common with any new one is dissolved;
# fpc::clusterboot counts it as recovered from three quarters on.
DISSOLVED_UP_TO = 0.5
RECOVERED_FROM = 0.75


def measure_stability(
    sample: pd.DataFrame,
    *,
    labels: np.ndarray,
    cluster_count: int,
    settings: FitSettings,
    bootstraps: list[np.ndarray] | None = None,
) -> dict[int, dict[str, float]]:
    """Cluster bootstrap samples anew and look for every cluster in the result.

    Hennig (2007), Cluster-wise assessment of cluster stability, as in
    fpc::clusterboot: for each bootstrap sample and each cluster, the largest Jaccard
    coefficient with one of the new clusters, on the different members of the bootstrap
    sample. A cluster without a member in a bootstrap sample counts as 0 there.

    Returns figures by cluster of the active model, whose labels are given. NaN for a
    cluster without a member in the sample, and for all where fewer than half of the
    bootstrap samples could be fitted.
    """
    use_one_thread()
    if bootstraps is None:
        bootstraps = draw_bootstraps(
            len(sample), count=BOOTSTRAP_COUNT, seed=settings.random_state
        )
    jaccards = []
    for rows in bootstraps:
        recipe = Recipe(sample.iloc[rows].reset_index(drop=True), settings=settings)
        fit = recipe.cluster(settings.n_clusters)
        if fit is not None:
            jaccards.append(
                _largest_jaccards(labels[rows], fit.labels, cluster_count=cluster_count)
            )
    sizes = np.bincount(labels, minlength=cluster_count)
    # Those that cannot be fitted are not a random choice: they lack whole clusters.
    is_measured = (sizes > 0) & (2 * len(jaccards) >= len(bootstraps) > 0)
    by_bootstrap = pd.DataFrame(jaccards, columns=range(cluster_count), dtype=float)
    figures = {
        "sample_count": sizes,
        "mean_jaccard": by_bootstrap.mean().where(is_measured),
        "dissolved_share": (by_bootstrap <= DISSOLVED_UP_TO).mean().where(is_measured),
        "recovered_share": (by_bootstrap >= RECOVERED_FROM).mean().where(is_measured),
        "bootstrap_count": len(jaccards),
    }
    return pd.DataFrame(figures).to_dict("index")


def _largest_jaccards(
    labels: np.ndarray, new_labels: np.ndarray, *, cluster_count: int
) -> np.ndarray:
    """Jaccard coefficient of each cluster with the new cluster most like it.

    Members in both over members in either; 0 for a cluster that has none.
    """
    is_in = labels[:, None] == np.arange(cluster_count)
    is_in_new = new_labels[:, None] == np.unique(new_labels)
    common = is_in.T.astype(int) @ is_in_new.astype(int)
    either = is_in.sum(axis=0)[:, None] + is_in_new.sum(axis=0) - common
    return (common / either).max(axis=1)
