"""Figures of a clustering that are NaN, not an error, where they are not defined."""

from collections.abc import Callable

import numpy as np
from sklearn.metrics import (
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)

# Label of an enterprise that belongs to no cluster, as scikit-learn's DBSCAN has it.
NOISE = -1


def silhouette(points: np.ndarray, *, labels: np.ndarray) -> float:
    """Mean silhouette (Rousseeuw 1987) of the points that are not noise.

    Parameters
    ----------
    points : numpy.ndarray, shape (n_rows, n_columns)
    labels : numpy.ndarray of int, shape (n_rows,)

    Returns
    -------
    float
        In [-1, 1], higher is better separated; NaN where the points are all in one
        cluster or each in its own.
    """
    return _figure(silhouette_score, points, labels)


def davies_bouldin(points: np.ndarray, *, labels: np.ndarray) -> float:
    """Davies-Bouldin index (1979), 0 or more, lower is better; NaN as above."""
    return _figure(davies_bouldin_score, points, labels)


def calinski_harabasz(points: np.ndarray, *, labels: np.ndarray) -> float:
    """Calinski-Harabasz index (1974), 0 or more, higher is better; NaN as above."""
    return _figure(calinski_harabasz_score, points, labels)


def _figure(
    score: Callable[[np.ndarray, np.ndarray], float],
    points: np.ndarray,
    labels: np.ndarray,
) -> float:
    in_cluster = labels != NOISE
    count = in_cluster.sum()
    if not 1 < len(np.unique(labels[in_cluster])) < count:
        return float("nan")
    return float(score(points[in_cluster], labels[in_cluster]))
