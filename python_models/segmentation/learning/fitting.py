"""Fit the clustering and keep what it learned as plain numbers."""

import hashlib
import json
import sys
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import NamedTuple

import numpy as np
import pandas as pd
import sklearn
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from sklearn.pipeline import Pipeline

from segmentation.learning.pipeline import (
    build_pipeline,
    log1p_of_count,
    use_one_thread,
)
from segmentation.learning.sampling import check_different_count
from segmentation.learning.settings import FitSettings

# The silhouette compares all pairs: beyond this it is taken on a sample.
SILHOUETTE_SAMPLE_SIZE = 5_000
# Above so many cells (8 bytes each) the transformed sample is kept sparse.
DENSE_CELL_LIMIT = 50_000_000
# Interquartile ranges above the third quartile from which a value is an outlier
# (Tukey 1977, Exploratory Data Analysis).
OUTLIER_RANGES = 1.5
# Of the members of a fit this share lies nearer to its centroid than the distance that
# the fit keeps.
DISTANCE_QUANTILE = 0.99
# Stands for a member that is in none of the former groups.
NO_GROUP = -1


class FormerGroups(NamedTuple):
    """A grouping of the sample that a new fit is to continue where it can.

    Attributes
    ----------
    labels : shape (sample_count,)
        Group of each member, or NO_GROUP.
    minimum_gain
        Share of the inertia that another solution must save to be preferred.
    minimum_size
        Members below which a cluster is small. Another solution with more small
        clusters is not preferred whatever it saves: one member far away is worth a
        cluster to k-means, and not to people.
    """

    labels: np.ndarray
    minimum_gain: float
    minimum_size: int


@dataclass(frozen=True, kw_only=True)
class NumericFeature:
    """How one numeric feature enters the fitted space: (value - center) / scale.

    The imputation stands for an unknown value. With ``is_log`` the value is the natural
    logarithm of 1 + count, and so are the three numbers. Where there are quantiles, in
    rising order, the value gives way to its rank among them, from 0 to 1, which
    ``center`` and ``scale`` are of.
    """

    name: str
    imputation: float
    center: float
    scale: float
    is_log: bool = False
    quantiles: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CategoricalFeature:
    """How one categorical feature enters the fitted space: a 0/1 column a level.

    The imputation stands for an unknown level: the most frequent; '0', as scikit-learn
    has it, if none was known. The levels are in the order of their columns.
    """

    name: str
    imputation: str
    levels: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class FittedModel:
    """What a fit learned: all that labelling needs, and its summary figures.

    Attributes
    ----------
    numeric, categorical
        In the order of their columns; without the constant ones where the settings drop
        them.
    centroids : shape (n_clusters, n_columns)
        Numeric features first, then the levels of each categorical feature in turn.
    inertia
        Sum of squared distances of the sample to their centroids.
    silhouette
        Mean of the sample or of SILHOUETTE_SAMPLE_SIZE members of it; NaN where these
        are all in one cluster or each in its own.
    distance_quantile
        Distance to the own centroid that 99 % of the sample do not exceed; NaN of a
        model that was stored before it was kept.
    constants
        Numeric features of the settings that had one known value in the sample, and it.
    labels : shape (sample_count,)
        What ``Pipeline.predict`` says of the sample; None of a model read from rows.
    """

    settings: FitSettings
    numeric: tuple[NumericFeature, ...]
    categorical: tuple[CategoricalFeature, ...]
    centroids: np.ndarray
    sample_count: int
    inertia: float
    silhouette: float
    library_versions: dict[str, str] = field(default_factory=dict)
    distance_quantile: float = float("nan")
    constants: dict[str, float] = field(default_factory=dict)
    labels: np.ndarray | None = None

    def columns(self) -> pd.DataFrame:
        """Position, feature and level of each column of the fitted space."""
        columns = [(f.name, None) for f in self.numeric]
        columns += [(f.name, level) for f in self.categorical for level in f.levels]
        table = pd.DataFrame(columns, columns=["feature_name", "feature_level"])
        return table.rename_axis("position").reset_index()

    def feature_names(self) -> list[str]:
        """Names of the features that labelling needs."""
        return [f.name for f in self.numeric + self.categorical]

    def fingerprint(self) -> str:
        """Digest of what decides a label: equal for two fits that label alike."""
        learned = [
            self.settings.to_json(),
            [
                (f.name, f.imputation, f.center, f.scale, *f.quantiles)
                for f in self.numeric
            ],
            [(f.name, f.imputation, f.levels) for f in self.categorical],
            self.centroids.tolist(),
        ]
        text = json.dumps(learned, ensure_ascii=False)
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def fit_model(
    sample: pd.DataFrame, *, settings: FitSettings, former: FormerGroups | None = None
) -> FittedModel:
    """Fit the pipeline of the settings, as :func:`fit_pipeline`, and read it out."""
    pipeline, transformed = fit_pipeline(sample, settings=settings, former=former)
    clusters = pipeline.named_steps["clusters"]
    check_different_count(len(np.unique(clusters.labels_)), settings=settings)
    numeric, categorical = _read_features(pipeline, settings=settings)
    rows = silhouette_rows(len(sample))
    labels = clusters.labels_[rows]
    return FittedModel(
        settings=settings,
        numeric=numeric,
        categorical=categorical,
        centroids=clusters.cluster_centers_,
        sample_count=len(sample),
        inertia=float(clusters.inertia_),
        silhouette=float(silhouette_score(transformed[rows], labels))
        if 1 < len(np.unique(labels)) < len(rows)
        else float("nan"),
        library_versions={
            "python": ".".join(map(str, sys.version_info[:3])),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
            "duckdb": version("duckdb"),
        },
        distance_quantile=float(
            np.quantile(clusters.transform(transformed).min(axis=1), DISTANCE_QUANTILE)
        ),
        constants={
            name: float(sample[name].dropna().iloc[0])
            for name in settings.numeric_features
            if sample[name].nunique() == 1
        },
        labels=clusters.predict(transformed),
    )


def fit_pipeline(
    sample: pd.DataFrame, *, settings: FitSettings, former: FormerGroups | None = None
) -> tuple[Pipeline, np.ndarray]:
    """Fit the pipeline on the sample, and put the sample into the fitted space.

    k-means has many solutions that are nearly as good as the best, and a handful of
    members can make it jump from one to another. Where former groups are given, it also
    starts from their means, and keeps that solution unless another one saves more than
    their minimum gain.

    Where the settings set giants apart, imputation, scaling, levels and all but
    one centroid are those of the other members; the last centroid is the mean of
    the giants, so that labelling stays a matter of the nearest centroid.
    """
    use_one_thread()
    pipeline, transformed, is_giant = prepare_sample(sample, settings=settings)
    kmeans = pipeline.named_steps["clusters"]
    clusters = cluster_sample(kmeans, transformed, is_giant, former=former)
    return pipeline.set_params(clusters=clusters), transformed


def prepare_sample(
    sample: pd.DataFrame, *, settings: FitSettings
) -> tuple[Pipeline, np.ndarray, np.ndarray]:
    """Find the giants, if they are set apart, and fit all steps before k-means.

    Returns the pipeline, the sample in the fitted space and who is a giant.
    """
    if settings.drops_constants:
        settings = without_constants(sample, settings=settings)
    is_giant = find_giants(sample, settings=settings)
    width = len(settings.numeric_features) + sum(
        sample[name].nunique() for name in settings.categorical_features
    )
    pipeline = build_pipeline(
        settings,
        row_count=int((~is_giant).sum()),
        is_sparse=len(sample) * width > DENSE_CELL_LIMIT,
    )
    frame = sample[list(settings.features)]
    features = pipeline.named_steps["features"]
    if is_giant.any():
        transformed = features.fit(frame[~is_giant]).transform(frame)
    else:
        transformed = features.fit_transform(frame)
    return pipeline, transformed, is_giant


def cluster_sample(
    kmeans: KMeans,
    transformed: np.ndarray,
    is_giant: np.ndarray,
    *,
    former: FormerGroups | None = None,
) -> KMeans:
    """Fit k-means on a prepared sample, with a last cluster for the giants if any."""
    if not is_giant.any():
        fresh = clone(kmeans).fit(transformed)
        return _continue_former(fresh, transformed, former)
    others = transformed[~is_giant]
    if former is not None:
        # A giant is told by its counts and a member by the nearest centroid: in a
        # continuum the group of the giants has members that are none.
        groups, counts = np.unique(former.labels[is_giant], return_counts=True)
        of_giants = groups[np.argmax(counts)]
        labels = np.where(former.labels == of_giants, NO_GROUP, former.labels)
        former = former._replace(labels=labels[~is_giant])
    fresh = clone(kmeans).set_params(n_clusters=kmeans.n_clusters - 1).fit(others)
    clusters = _continue_former(fresh, others, former)
    mean = np.asarray(transformed[is_giant].mean(axis=0)).reshape(1, -1)
    clusters.cluster_centers_ = np.vstack([clusters.cluster_centers_, mean])
    clusters.n_clusters += 1
    clusters.labels_ = clusters.predict(transformed)
    clusters.inertia_ = -clusters.score(transformed)
    return clusters


def _continue_former(
    fresh: KMeans, transformed: np.ndarray, former: FormerGroups | None
) -> KMeans:
    """Return the solution that continues as many former groups, or the fresh one."""
    if former is None:
        return fresh
    groups = np.setdiff1d(former.labels, [NO_GROUP])
    if len(groups) != fresh.n_clusters:
        return fresh
    means = [transformed[former.labels == group].mean(axis=0) for group in groups]
    start = np.vstack([np.asarray(mean).ravel() for mean in means])
    continued = clone(fresh).set_params(init=start, n_init=1).fit(transformed)
    if len(np.unique(continued.labels_)) < fresh.n_clusters:
        return fresh
    saved = 1 - fresh.inertia_ / continued.inertia_ if continued.inertia_ else 0.0
    if saved <= former.minimum_gain or has_more_small_clusters(
        fresh.labels_, continued.labels_, minimum_size=former.minimum_size
    ):
        return continued
    return fresh


def has_more_small_clusters(
    labels: np.ndarray, other_labels: np.ndarray, *, minimum_size: int
) -> bool:
    """Tell whether a grouping has more clusters below the size than another one."""
    small, other_small = (
        (np.unique(each, return_counts=True)[1] < minimum_size).sum()
        for each in (labels, other_labels)
    )
    return small > other_small


def without_constants(sample: pd.DataFrame, *, settings: FitSettings) -> FitSettings:
    """Take out the numeric features that have one value in the whole sample.

    Without a logarithm left there are no giants to tell. If no numeric feature would be
    left, none is taken out: what is wrong is then said by the count of different
    members.
    """
    known = sample[list(settings.numeric_features)].astype(float)
    for name in settings.log1p_features:
        known[name] = log1p_of_count(known[name])
    varying = set(known.columns[known.nunique() > 1])
    if not varying:
        return settings
    left = {
        variable: tuple(n for n in getattr(settings, variable) if n in varying)
        for variable in ("numeric_features", "log1p_features", "unscaled_features")
    }
    has_giants = settings.sets_giants_apart and bool(left["log1p_features"])
    return replace(settings, **left, sets_giants_apart=has_giants)


def find_giants(sample: pd.DataFrame, *, settings: FitSettings) -> np.ndarray:
    """Tell which members have exceptionally large counts.

    Those whose logarithm of the positive counts' sum lies more than 1.5
    interquartile ranges above the third quartile (Tukey 1977); nobody if too few
    others would be left to fit.
    """
    nobody = np.zeros(len(sample), dtype=bool)
    if not settings.sets_giants_apart:
        return nobody
    counts = sample[list(settings.log1p_features)].clip(lower=0).sum(axis=1)
    is_counted = counts.to_numpy() > 0
    if not is_counted.any():
        return nobody
    # Who has nothing is left out: with enough of them no size would be exceptional.
    sizes = np.log(counts.to_numpy()[is_counted])
    first_quartile, third_quartile = np.quantile(sizes, [0.25, 0.75])
    fence = third_quartile + OUTLIER_RANGES * (third_quartile - first_quartile)
    is_giant = nobody.copy()
    is_giant[is_counted] = sizes > fence
    return is_giant if (~is_giant).sum() >= settings.n_clusters else nobody


def silhouette_rows(count: int) -> np.ndarray:
    """Rows that a silhouette is taken on: all, or SILHOUETTE_SAMPLE_SIZE of them."""
    rows = np.arange(count)
    if count <= SILHOUETTE_SAMPLE_SIZE:
        return rows
    return np.random.default_rng(0).choice(rows, SILHOUETTE_SAMPLE_SIZE, replace=False)


def _read_features(
    pipeline: Pipeline, *, settings: FitSettings
) -> tuple[tuple[NumericFeature, ...], tuple[CategoricalFeature, ...]]:
    """Read out imputations, quantiles, levels and each scaling's two numbers."""
    numeric, categorical = [], []
    for block, fitted, names in pipeline.named_steps["features"].transformers_:
        steps = fitted.named_steps
        imputations = steps["impute"].statistics_
        if block == "categorical":
            learned = zip(names, imputations, steps["encode"].categories_, strict=True)
            categorical += [
                CategoricalFeature(
                    name=name, imputation=str(imputed), levels=tuple(map(str, levels))
                )
                for name, imputed, levels in learned
            ]
            continue
        center, scale = {
            "standard": lambda scaler: (scaler.mean_, scaler.scale_),
            "minmax": lambda scaler: (scaler.data_min_, 1 / scaler.scale_),
            "robust": lambda scaler: (scaler.center_, scaler.scale_),
            "ranks": lambda scaler: (scaler.mean_, scaler.scale_),
            "none": lambda _: (0.0, 1.0),
        }["none" if block == "unscaled" else settings.scaling](steps["scale"])
        # A column without any known value is imputed as 0.
        numbers = np.broadcast_arrays(np.nan_to_num(imputations), center, scale)
        quantiles = (
            steps["rank"].quantiles_.T if "rank" in steps else np.empty((len(names), 0))
        )
        numeric += [
            NumericFeature(
                name=name,
                imputation=imputed,
                center=c,
                scale=s,
                is_log=block == "log",
                quantiles=tuple(of_feature),
            )
            for name, (imputed, c, s), of_feature in zip(
                names, np.transpose(numbers).tolist(), quantiles.tolist(), strict=True
            )
        ]
    return tuple(numeric), tuple(categorical)
