"""Fit the clustering and keep what it learned as plain numbers."""

import hashlib
import json
import platform
from dataclasses import dataclass, field, replace
from importlib.metadata import version

import numpy as np
import pandas as pd
import sklearn
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.pipeline import Pipeline

from segmentation.errors import SegmentationError
from segmentation.learning.pipeline import (
    build_pipeline,
    log_of_positive,
    numeric_blocks,
)
from segmentation.learning.settings import FitSettings
from segmentation.learning.threads import use_one_thread

# The silhouette compares all pairs: beyond this it is taken on a sample.
SILHOUETTE_SAMPLE_SIZE = 5_000
# Above so many cells (8 bytes each) the transformed sample is kept sparse.
DENSE_CELL_LIMIT = 50_000_000
# Interquartile ranges above the third quartile from which a value is an outlier
# (Tukey 1977, Exploratory Data Analysis).
OUTLIER_RANGES = 1.5
# Stands for an enterprise that is in none of the former groups.
NO_GROUP = -1


@dataclass(frozen=True, kw_only=True)
class NumericFeature:
    """How one numeric feature enters the fitted space: (value - center) / scale.

    Attributes
    ----------
    name : str
    imputation : float
        Value that stands for an unknown one, in the feature's own unit or, for a
        logarithm, as a logarithm.
    center, scale : float
        In the same unit; scale is positive.
    is_log : bool
        Whether the value is the natural logarithm of a positive count; a count of 0
        is then imputed like an unknown one.
    """

    name: str
    imputation: float
    center: float
    scale: float
    is_log: bool = False


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
        In the order of their columns; without the constant ones where the settings
        drop them.
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

    def feature_names(self) -> list[str]:
        """Names of the features that labelling needs."""
        return [feature.name for feature in self.numeric + self.categorical]

    @property
    def category_weight(self) -> float:
        """What stands for 1 in the columns of the categorical features."""
        return self.settings.category_weight

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


@dataclass(frozen=True, kw_only=True)
class FormerGroups:
    """A grouping of the sample that a new fit is to continue where it can.

    Attributes
    ----------
    labels : numpy.ndarray of int, shape (n_rows,)
        Group of each enterprise of the sample; NO_GROUP if it is in none.
    minimum_gain : float
        Share of the inertia, 0 to 1, that another solution must save to be preferred.
    """

    labels: np.ndarray
    minimum_gain: float


def fit_model(
    sample: pd.DataFrame,
    *,
    settings: FitSettings,
    former: FormerGroups | None = None,
) -> FittedModel:
    """Fit the pipeline of the settings and read out what it learned.

    Parameters
    ----------
    sample : pandas.DataFrame
        As :func:`segmentation.learning.sampling.read_fit_sample` returns it.
    settings : FitSettings
    former : FormerGroups, optional
        See :func:`fit_pipeline`.

    Returns
    -------
    FittedModel

    Raises
    ------
    SegmentationError
        If there are fewer enterprises, or fewer different ones, than clusters.
    """
    check_enterprise_count(len(sample), settings=settings)
    pipeline, transformed = fit_pipeline(sample, settings=settings, former=former)
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
    sample: pd.DataFrame,
    *,
    settings: FitSettings,
    former: FormerGroups | None = None,
) -> tuple[Pipeline, np.ndarray]:
    """Fit the pipeline on the sample.

    k-means has many solutions that are nearly as good as the best, and a handful of
    enterprises can make it jump from one to another. Where former groups are given,
    it also starts from their means, and keeps that solution unless another one saves
    more than their minimum gain of inertia.

    Where the settings set giants apart, imputation, scaling, categories and all but
    one centroid are those of the other enterprises; the last centroid is the mean of
    the giants, so that labelling stays a matter of the nearest centroid.

    Returns
    -------
    pipeline : sklearn.pipeline.Pipeline
        Fitted; its step ``clusters`` has the labels and the inertia of the sample.
    transformed : numpy.ndarray or scipy.sparse matrix, shape (n, n_columns)
        The sample in the fitted space.
    """
    if settings.drops_constants:
        settings = without_constants(sample, settings=settings)
    is_giant = find_giants(sample, settings=settings)
    width = len(settings.numeric_features) + sum(
        sample[name].nunique() for name in settings.categorical_features
    )
    pipeline = build_pipeline(
        settings,
        cluster_count=settings.n_clusters - bool(is_giant.any()),
        is_sparse=len(sample) * width > DENSE_CELL_LIMIT,
    )
    frame = sample.drop(columns="enterprise_id")
    use_one_thread()
    if not is_giant.any():
        transformed = pipeline.named_steps["features"].fit_transform(frame)
        clusters = pipeline.named_steps["clusters"].fit(transformed)
        pipeline.set_params(
            clusters=_continue_former(clusters, transformed, former=former)
        )
        return pipeline, transformed
    features = pipeline.named_steps["features"].fit(frame[~is_giant])
    transformed = features.transform(frame)
    clusters = pipeline.named_steps["clusters"].fit(transformed[~is_giant])
    if former is not None:
        former = _without_giants(former, is_giant=is_giant)
    clusters = _continue_former(clusters, transformed[~is_giant], former=former)
    of_giants = np.asarray(transformed[is_giant].mean(axis=0)).reshape(1, -1)
    clusters.cluster_centers_ = np.vstack([clusters.cluster_centers_, of_giants])
    clusters.n_clusters += 1
    clusters.labels_ = clusters.predict(transformed)
    clusters.inertia_ = -clusters.score(transformed)
    pipeline.set_params(clusters=clusters)
    return pipeline, transformed


def _continue_former(
    fresh: KMeans, transformed: np.ndarray, *, former: FormerGroups | None
) -> KMeans:
    """Return the solution that continues the former groups, or the fresh one.

    Former groups that are not as many as the clusters cannot be continued.
    """
    labels = former.labels if former is not None else np.empty(0, dtype=int)
    groups = np.unique(labels[labels != NO_GROUP])
    if len(groups) != fresh.n_clusters:
        return fresh
    means = [transformed[labels == group].mean(axis=0) for group in groups]
    start = np.vstack([np.asarray(mean).ravel() for mean in means])
    continued = clone(fresh).set_params(init=start, n_init=1).fit(transformed)
    has_all = len(np.unique(continued.labels_)) == fresh.n_clusters
    saved = 1 - fresh.inertia_ / continued.inertia_ if continued.inertia_ else 0.0
    return continued if has_all and saved <= former.minimum_gain else fresh


def _without_giants(former: FormerGroups, *, is_giant: np.ndarray) -> FormerGroups:
    """Take the giants out of the former groups, and the group that is theirs.

    A giant is told by its counts and a member by the nearest centroid: in a
    continuum the group of the giants has members that are none.
    """
    groups, counts = np.unique(former.labels[is_giant], return_counts=True)
    labels = former.labels[~is_giant]
    of_giants = groups[np.argmax(counts)]
    return replace(former, labels=np.where(labels == of_giants, NO_GROUP, labels))


def without_constants(sample: pd.DataFrame, *, settings: FitSettings) -> FitSettings:
    """Take out the numeric features that have one value in the whole sample.

    A logarithm is constant where all positive counts are equal; without any left
    there are no giants to tell. If no numeric feature would be left, none is taken
    out: what is wrong is then said by the count of different enterprises.
    """
    blocks = numeric_blocks(settings)
    varying = [
        name
        for block, names in blocks.items()
        for name in names
        if _varies(sample[name], is_log=block == "log")
    ]
    if not varying:
        return settings
    left = {
        variable: tuple(n for n in getattr(settings, variable) if n in varying)
        for variable in ("numeric_features", "log_features", "unscaled_features")
    }
    has_giants = settings.sets_giants_apart and bool(left["log_features"])
    return replace(settings, **left, sets_giants_apart=has_giants)


def find_giants(sample: pd.DataFrame, *, settings: FitSettings) -> np.ndarray:
    """Tell which enterprises have exceptionally many followers.

    Those whose logarithm of the positive counts' sum lies more than 1.5
    interquartile ranges above the third quartile (Tukey 1977); nobody if too few
    others would be left to fit.

    Returns
    -------
    numpy.ndarray of bool, shape (n_rows,)
    """
    nobody = np.zeros(len(sample), dtype=bool)
    if not settings.sets_giants_apart:
        return nobody
    counts = sample[list(settings.log_features)].clip(lower=0)
    sizes = log_of_positive(counts.sum(axis=1).to_numpy())
    if np.isnan(sizes).all():
        return nobody
    first_quartile, third_quartile = np.nanquantile(sizes, [0.25, 0.75])
    fence = third_quartile + OUTLIER_RANGES * (third_quartile - first_quartile)
    is_giant = sizes > fence
    return is_giant if (~is_giant).sum() >= settings.n_clusters else nobody


def _varies(values: pd.Series, *, is_log: bool) -> bool:
    known = log_of_positive(values.to_numpy()) if is_log else values.to_numpy()
    return len(np.unique(known[~np.isnan(known)])) > 1


def _numeric_features(
    pipeline: Pipeline, *, settings: FitSettings
) -> tuple[NumericFeature, ...]:
    features = []
    for block, fitted, names in pipeline.named_steps["features"].transformers_:
        if block not in ("numeric", "log", "unscaled"):
            continue
        scaling = "none" if block == "unscaled" else settings.scaling
        center, scale = _center_and_scale(fitted, scaling=scaling, count=len(names))
        # A column without any known value is imputed as 0.
        imputations = np.nan_to_num(fitted.named_steps["impute"].statistics_, nan=0.0)
        features += [
            NumericFeature(
                name=name,
                imputation=float(imputations[i]),
                center=float(center[i]),
                scale=float(scale[i]),
                is_log=block == "log",
            )
            for i, name in enumerate(names)
        ]
    return tuple(features)


def _center_and_scale(
    fitted: Pipeline, *, scaling: str, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Read the two numbers of an affine scaling, which each estimator names its way."""
    scaler = fitted.named_steps["scale"]
    return {
        "standard": lambda: (scaler.mean_, scaler.scale_),
        "minmax": lambda: (scaler.data_min_, 1 / scaler.scale_),
        "robust": lambda: (scaler.center_, scaler.scale_),
        "none": lambda: (np.zeros(count), np.ones(count)),
    }[scaling]()


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
