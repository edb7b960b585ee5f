"""Fit the clustering and keep what it learned as plain numbers."""

import hashlib
import json
import platform
from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np
import pandas as pd
import sklearn
from sklearn.metrics import silhouette_score
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from segmentation.errors import SegmentationError
from segmentation.pipeline import build_pipeline
from segmentation.settings import FitSettings

# The silhouette compares all pairs: beyond this it is taken on a sample.
SILHOUETTE_SAMPLE_SIZE = 5_000
# Above so many cells (8 bytes each) the transformed sample is kept sparse.
DENSE_CELL_LIMIT = 50_000_000


@dataclass(frozen=True, kw_only=True)
class NumericFeature:
    """How one numeric feature enters the fitted space: (value - center) / scale.

    Attributes
    ----------
    name : str
    imputation : float
        Value that stands for an unknown one, in the feature's own unit.
    center, scale : float
        In the feature's own unit; scale is positive.
    """

    name: str
    imputation: float
    center: float
    scale: float


@dataclass(frozen=True, kw_only=True)
class CategoricalFeature:
    """How one categorical feature enters the fitted space: a 0/1 column a category.

    Attributes
    ----------
    name : str
    imputation : str
        Category that stands for an unknown one: the most frequent; '0', as
        scikit-learn has it, if none was known.
    categories : tuple of str
        In the order of their columns.
    """

    name: str
    imputation: str
    categories: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FittedModel:
    """What a fit learned: all that labelling needs, and its summary figures.

    Attributes
    ----------
    settings : FitSettings
    numeric : tuple of NumericFeature
    categorical : tuple of CategoricalFeature
    centroids : numpy.ndarray, shape (n_clusters, n_columns)
        In the fitted space: numeric features first, then the categories of each
        categorical feature in turn.
    sample_count : int
        Enterprises fitted on.
    inertia : float
        Sum of squared distances of the sample to their centroids.
    silhouette : float
        Mean silhouette, in [-1, 1], of the sample or of SILHOUETTE_SAMPLE_SIZE
        enterprises of it; NaN where these are all in one cluster or each in its own.
    library_versions : dict of str to str
    """

    settings: FitSettings
    numeric: tuple[NumericFeature, ...]
    categorical: tuple[CategoricalFeature, ...]
    centroids: np.ndarray
    sample_count: int
    inertia: float
    silhouette: float
    library_versions: dict[str, str] = field(default_factory=dict)

    def columns(self) -> list[tuple[str, str | None]]:
        """Feature and category of each column of the fitted space, in order."""
        numeric = [(feature.name, None) for feature in self.numeric]
        return numeric + [
            (feature.name, category)
            for feature in self.categorical
            for category in feature.categories
        ]

    def fingerprint(self) -> str:
        """Digest of what decides a label: equal for two fits that label alike."""
        learned = [
            self.settings.to_json(),
            [(f.name, f.imputation, f.center, f.scale) for f in self.numeric],
            [(f.name, f.imputation, f.categories) for f in self.categorical],
            self.centroids.tolist(),
        ]
        text = json.dumps(learned, ensure_ascii=False)
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def fit_model(sample: pd.DataFrame, *, settings: FitSettings) -> FittedModel:
    """Fit the pipeline of the settings and read out what it learned.

    Parameters
    ----------
    sample : pandas.DataFrame
        As :func:`segmentation.sampling.read_fit_sample` returns it.
    settings : FitSettings

    Returns
    -------
    FittedModel

    Raises
    ------
    SegmentationError
        If there are fewer enterprises, or fewer different ones, than clusters.
    """
    check_enterprise_count(len(sample), settings=settings)
    pipeline, transformed = fit_pipeline(sample, settings=settings)
    clusters = pipeline.named_steps["clusters"]
    check_different_count(len(np.unique(clusters.labels_)), settings=settings)
    return FittedModel(
        settings=settings,
        numeric=_numeric_features(pipeline, settings=settings),
        categorical=_categorical_features(pipeline, settings=settings),
        centroids=clusters.cluster_centers_,
        sample_count=len(sample),
        inertia=float(clusters.inertia_),
        silhouette=_silhouette(transformed, clusters.labels_),
        library_versions={
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "duckdb": version("duckdb"),
        },
    )


def check_enterprise_count(enterprise_count: int, *, settings: FitSettings) -> None:
    """Refuse to fit on fewer enterprises than there are to be clusters.

    Raises
    ------
    SegmentationError
        With both numbers and the remedy.
    """
    if enterprise_count < settings.n_clusters:
        raise SegmentationError(
            f"enterprise_features has {enterprise_count} active enterprises, fewer"
            f" than n_clusters = {settings.n_clusters}: lower n_clusters, or see in"
            " the intermediate tables int_*_disposed why raw rows were not used."
        )


def check_different_count(different_count: int, *, settings: FitSettings) -> None:
    """Refuse to fit on enterprises of which too few differ in their features.

    Raises
    ------
    SegmentationError
        With both numbers and the remedy.
    """
    if different_count < settings.n_clusters:
        raise SegmentationError(
            f"The enterprises of the fit have only {different_count} different feature"
            f" values, fewer than n_clusters = {settings.n_clusters}: lower n_clusters,"
            " or check that the follower counts were read (see rejected_rows)."
        )


def fit_pipeline(
    sample: pd.DataFrame, *, settings: FitSettings
) -> tuple[Pipeline, np.ndarray]:
    """Fit the pipeline on the sample.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        Fitted.
    transformed : numpy.ndarray or scipy.sparse matrix, shape (n, n_columns)
        The sample in the fitted space.
    """
    width = len(settings.numeric_features) + sum(
        sample[name].nunique() for name in settings.categorical_features
    )
    pipeline = build_pipeline(
        settings, is_sparse=len(sample) * width > DENSE_CELL_LIMIT
    )
    frame = sample.drop(columns="enterprise_id")
    # One thread: sums made by several end in whatever order the threads do, and
    # the last bits of the centroids would differ from run to run.
    with threadpool_limits(limits=1):
        transformed = pipeline.named_steps["features"].fit_transform(frame)
        pipeline.named_steps["clusters"].fit(transformed)
    return pipeline, transformed


def _numeric_features(
    pipeline: Pipeline, *, settings: FitSettings
) -> tuple[NumericFeature, ...]:
    fitted = pipeline.named_steps["features"].named_transformers_["numeric"]
    imputations = fitted.named_steps["impute"].statistics_
    scaler = fitted.named_steps["scale"]
    count = len(settings.numeric_features)
    zeros, ones = np.zeros(count), np.ones(count)
    # All four scalings are affine; each estimator names the two numbers its way.
    center, scale = {
        "standard": lambda: (scaler.mean_, scaler.scale_),
        "minmax": lambda: (scaler.data_min_, 1 / scaler.scale_),
        "robust": lambda: (scaler.center_, scaler.scale_),
        "none": lambda: (zeros, ones),
    }[settings.scaling]()
    # A column without any known value is imputed as 0.
    imputations = np.nan_to_num(imputations, nan=0.0)
    return tuple(
        NumericFeature(
            name=name,
            imputation=float(imputations[i]),
            center=float(center[i]),
            scale=float(scale[i]),
        )
        for i, name in enumerate(settings.numeric_features)
    )


def _categorical_features(
    pipeline: Pipeline, *, settings: FitSettings
) -> tuple[CategoricalFeature, ...]:
    if not settings.categorical_features:
        return ()
    fitted = pipeline.named_steps["features"].named_transformers_["categorical"]
    imputations = fitted.named_steps["impute"].statistics_
    categories = fitted.named_steps["encode"].categories_
    return tuple(
        CategoricalFeature(
            name=name,
            imputation=str(imputations[i]),
            categories=tuple(str(category) for category in categories[i]),
        )
        for i, name in enumerate(settings.categorical_features)
    )


def _silhouette(transformed: np.ndarray, labels: np.ndarray) -> float:
    rows = np.arange(len(labels))
    if len(rows) > SILHOUETTE_SAMPLE_SIZE:
        rows = np.random.default_rng(0).choice(
            rows, SILHOUETTE_SAMPLE_SIZE, replace=False
        )
    if not 1 < len(np.unique(labels[rows])) < len(rows):
        return float("nan")
    return float(silhouette_score(transformed[rows], labels[rows]))
