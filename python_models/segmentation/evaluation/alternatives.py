"""Other ways to cluster the same enterprises, for comparison."""

import numpy as np
import pandas as pd
from minisom import MiniSom
from sklearn.cluster import DBSCAN, AgglomerativeClustering, KMeans
from sklearn.impute import SimpleImputer
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from segmentation.learning.settings import FitSettings

SOM_EPOCHS = 20


def standardised_ranks(sample: pd.DataFrame, *, settings: FitSettings) -> np.ndarray:
    """Replace each numeric feature by its rank and standardise the ranks.

    The recipe of the CRM sales segmentation: ranks take the weight from very large
    values. Ties share the mean of their ranks; an unknown value takes the mean rank;
    categorical features have no rank and are left out.

    Parameters
    ----------
    sample : pandas.DataFrame, shape (n_rows, 1 + n_features)
    settings : FitSettings
        Names the numeric features.

    Returns
    -------
    numpy.ndarray, shape (n_rows, n_numeric_features)
        Mean 0 and standard deviation 1 in each column; 0 throughout in a constant one.
    """
    ranks = sample[list(settings.numeric_features)].rank(method="average")
    scaling = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    return scaling.fit_transform(ranks.to_numpy(dtype=float))


def label_by_kmeans(
    points: np.ndarray, *, cluster_count: int, settings: FitSettings
) -> np.ndarray:
    """Label points by k-means with the seed and the number of starts of the settings.

    Parameters
    ----------
    points : numpy.ndarray, shape (n_rows, n_columns)
    cluster_count : int
        At most the number of different points.
    settings : FitSettings

    Returns
    -------
    numpy.ndarray of int, shape (n_rows,)
    """
    kmeans = KMeans(
        n_clusters=cluster_count,
        n_init=settings.n_init,
        random_state=settings.random_state,
    )
    return kmeans.fit_predict(points)


def label_by_ward(points: np.ndarray, *, cluster_count: int) -> np.ndarray:
    """Label points by agglomerative clustering with Ward's criterion (1963).

    Returns
    -------
    numpy.ndarray of int, shape (n_rows,)
    """
    ward = AgglomerativeClustering(n_clusters=cluster_count, linkage="ward")
    return ward.fit_predict(points)


def label_by_dbscan(points: np.ndarray, *, dimension: int) -> np.ndarray:
    """Label points by DBSCAN (Ester et al. 1996), -1 being noise.

    ``min_samples`` is twice the number of dimensions (Sander et al. 1998), and ``eps``
    the knee of the sorted distances to the ``min_samples``-th nearest point, itself
    counted, as Ester et al. propose.

    Parameters
    ----------
    points : numpy.ndarray, shape (n_rows, n_columns)
        At least 2 * dimension rows.
    dimension : int
        Features that the columns were made from.

    Returns
    -------
    numpy.ndarray of int, shape (n_rows,)
    """
    min_samples = 2 * dimension
    neighbours = NearestNeighbors(n_neighbors=min_samples).fit(points)
    distances, _ = neighbours.kneighbors(points)
    # A knee at 0 means that most points coincide: any radius finds these.
    eps = knee(np.sort(distances[:, -1])) or np.finfo(float).eps
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(points)


def knee(rising: np.ndarray) -> float:
    """Value at which a rising curve is farthest below the line between its ends.

    The knee of Satopää et al. (2011), Finding a "Kneedle" in a haystack, without
    smoothing; the first of several.

    Parameters
    ----------
    rising : numpy.ndarray, shape (n,)
        Sorted.
    """
    line = np.linspace(rising[0], rising[-1], len(rising))
    return float(rising[np.argmax(line - rising)])


def label_by_self_organising_map(
    points: np.ndarray, *, cluster_count: int, settings: FitSettings
) -> np.ndarray:
    """Label points by the nearest node of a self-organising map (Kohonen 1982).

    A rectangular map of ``cluster_count`` nodes, as square as possible, trained in
    random order from nodes placed on random points, both with the seed of the
    settings. A node that is nearest to no point is no cluster.

    Parameters
    ----------
    points : numpy.ndarray, shape (n_rows, n_columns)
    cluster_count : int
    settings : FitSettings

    Returns
    -------
    numpy.ndarray of int, shape (n_rows,)
        Numbered from 0 without gaps.
    """
    height, width = map_shape(cluster_count)
    som = MiniSom(
        height,
        width,
        points.shape[1],
        sigma=1.0,
        learning_rate=0.5,
        random_seed=settings.random_state,
    )
    som.random_weights_init(points)
    som.train(points, SOM_EPOCHS, random_order=True, use_epochs=True)
    nodes = [np.ravel_multi_index(som.winner(p), (height, width)) for p in points]
    return np.unique(nodes, return_inverse=True)[1]


def map_shape(node_count: int) -> tuple[int, int]:
    """Height and width of the most square rectangle of so many nodes."""
    height = max(h for h in range(1, int(node_count**0.5) + 1) if node_count % h == 0)
    return height, node_count // height
