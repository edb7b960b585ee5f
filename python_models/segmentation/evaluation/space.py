"""A sample in the fitted space of a recipe, to be clustered many times."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, issparse
from sklearn.metrics import pairwise_distances

from segmentation.learning.fitting import (
    cluster_sample,
    find_giants,
    prepare_sample,
    silhouette_rows,
)
from segmentation.learning.settings import FitSettings

# Label of a member that belongs to no cluster, as scikit-learn's DBSCAN has it.
NOISE = -1


@dataclass(frozen=True)
class Space:
    """Points, and the distances between them that the silhouettes of all labels share.

    Of very many points, between those that the silhouette of a fit is taken on too.
    """

    transformed: np.ndarray | csr_array

    @cached_property
    def points(self) -> np.ndarray:
        """The points, dense."""
        is_sparse = issparse(self.transformed)
        return self.transformed.toarray() if is_sparse else self.transformed

    @cached_property
    def _distances(self) -> np.ndarray:
        rows = silhouette_rows(self.transformed.shape[0])
        return pairwise_distances(self.transformed[rows])

    def silhouette(self, labels: np.ndarray) -> float:
        """Mean silhouette (Rousseeuw 1987) of the points that are not noise.

        NaN where these are all in one cluster or each in its own.
        """
        labels = labels[silhouette_rows(len(labels))]
        is_in = labels != NOISE
        if not 1 < len(np.unique(labels[is_in])) < is_in.sum():
            return float("nan")
        distances = self._distances
        if not is_in.all():
            distances = distances[np.ix_(is_in, is_in)]
        # As scikit-learn's of these distances, in a tenth of the time.
        _, labels, sizes = np.unique(
            labels[is_in], return_inverse=True, return_counts=True
        )
        rows, size = np.arange(len(labels)), sizes[labels]
        sums = distances @ np.eye(len(sizes))[labels]
        own = sums[rows, labels] / np.maximum(size - 1, 1)
        means = sums / sizes
        means[rows, labels] = np.inf
        nearest = means.min(axis=1)
        wider = np.maximum(own, nearest)
        widths = np.divide(
            nearest - own, wider, out=np.zeros(len(own)), where=(size > 1) & (wider > 0)
        )
        return float(widths.mean())


@dataclass(frozen=True, kw_only=True)
class Clustering:
    """What k-means makes of a space; giants, if any, have the last cluster."""

    space: Space
    labels: np.ndarray
    inertia: float
    has_giants: bool

    @property
    def silhouette(self) -> float:
        return self.space.silhouette(self.labels)


class Recipe:
    """The recipe of the settings on one sample, for any number of clusters.

    Imputation, scaling and levels are learned once. Giants are set apart only as long
    as enough others are left to cluster.
    """

    def __init__(self, sample: pd.DataFrame, *, settings: FitSettings) -> None:
        self._sample = sample
        self._settings = settings
        self._prepared: dict[bool, tuple] = {}

    def cluster_each(self, cluster_counts: Iterable[int]) -> dict[int, Clustering]:
        """Fit k-means with each number of clusters that there are members for."""
        fits = {count: self.cluster(count) for count in cluster_counts}
        return {count: fit for count, fit in fits.items() if fit is not None}

    def cluster(self, cluster_count: int) -> Clustering | None:
        """Fit k-means; None of fewer different members than clusters."""
        if len(self._sample) < cluster_count:
            return None
        settings = replace(
            self._settings,
            n_clusters=cluster_count,
            fit_sample_size=max(self._settings.fit_sample_size, cluster_count),
        )
        has_giants = bool(find_giants(self._sample, settings=settings).any())
        if has_giants not in self._prepared:
            prepared = prepare_sample(self._sample, settings=settings)
            self._prepared[has_giants] = (*prepared, Space(prepared[1]))
        pipeline, transformed, is_giant, space = self._prepared[has_giants]
        kmeans = pipeline.named_steps["clusters"].set_params(n_clusters=cluster_count)
        clusters = cluster_sample(kmeans, transformed, is_giant)
        if len(np.unique(clusters.labels_)) < cluster_count:
            return None
        return Clustering(
            space=space,
            labels=clusters.labels_,
            inertia=float(clusters.inertia_),
            has_giants=has_giants,
        )
