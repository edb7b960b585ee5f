"""Compare the active clustering with what other approaches make of the same rows."""

from functools import partial

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import DBSCAN, HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.impute import SimpleImputer
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from segmentation.evaluation.space import NOISE, Recipe, Space
from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import FittedModel, fit_model
from segmentation.learning.pipeline import use_one_thread
from segmentation.learning.settings import FitSettings

FIGURES = (
    *("cluster_count", "cluster_sizes", "smallest_cluster_size", "silhouette"),
    *("silhouette_in_active_space", "noise_share", "ari_to_active"),
)

# How many of the members farthest from the mean are left out, one at a time.
EXTREME_COUNT = 3


def compare_approaches(
    samples_by_recipe: dict[str, pd.DataFrame],
    *,
    settings_by_recipe: dict[str, FitSettings],
    active_recipe: str,
    model: FittedModel,
    labels: np.ndarray,
    counts_by_recipe: dict[str, dict[int, dict[str, float]]] | None = None,
) -> dict[str, dict[str, object]]:
    """Cluster the same members in every way and compare with the active model.

    Its labels are given, not fitted here. The alternatives make as many clusters as it
    has, but for DBSCAN and HDBSCAN, which find their own. These and Ward work in its
    fitted space. The samples of all recipes have the same members in the same order.

    Returns figures by approach; None for all but ``is_active`` and ``member_count``
    where an approach needs more, or more different, members than there are. A recipe
    has its own figures too (:func:`judge_recipe`), with those that
    :func:`segmentation.evaluation.cluster_counts.evaluate_cluster_counts` found of it.
    """
    use_one_thread()
    sample = samples_by_recipe[active_recipe]
    active = Space(transform_sample(sample, model=model))

    cluster_count, dimension = len(model.centroids), len(model.feature_names())
    found = {}
    for recipe, settings in settings_by_recipe.items():
        found[f"{recipe}_recipe"] = labels, active
        if recipe != active_recipe:
            other = Recipe(samples_by_recipe[recipe], settings=settings)
            fit = other.cluster(settings.n_clusters)
            found[f"{recipe}_recipe"] = (fit.labels, fit.space) if fit else (None, None)
    kmeans = KMeans(
        n_clusters=cluster_count,
        n_init=model.settings.n_init,
        random_state=model.settings.random_state,
    )
    # Ward's criterion (1963).
    ward = AgglomerativeClustering(n_clusters=cluster_count, linkage="ward")
    ranks = Space(standardised_ranks(sample, settings=model.settings))
    label_densest = partial(label_by_dbscan, dimension=dimension)
    label_dense = partial(label_by_hdbscan, dimension=dimension)
    for approach, space, needed_count, label in (
        ("kmeans_on_ranks", ranks, cluster_count, kmeans.fit_predict),
        ("ward", active, cluster_count, ward.fit_predict),
        ("dbscan", active, 2 * dimension, label_densest),
        ("hdbscan", active, 2 * dimension, label_dense),
    ):
        has_enough = len(np.unique(space.points, axis=0)) >= needed_count
        found[approach] = label(space.points) if has_enough else None, space
    figures = {}
    for approach, (of_approach, space) in found.items():
        figures[approach] = {
            "is_active": approach == f"{active_recipe}_recipe",
            "member_count": len(sample),
            **dict.fromkeys(FIGURES),
        }
        if of_approach is None:
            continue
        is_noise = of_approach == NOISE
        sizes = np.sort(np.unique_counts(of_approach[~is_noise]).counts)[::-1]
        figures[approach] |= {
            "cluster_count": len(sizes),
            "cluster_sizes": ", ".join(map(str, sizes)) or None,
            "smallest_cluster_size": sizes[-1] if len(sizes) else None,
            "silhouette": space.silhouette(of_approach),
            "silhouette_in_active_space": active.silhouette(of_approach),
            "noise_share": float(is_noise.mean()),
            "ari_to_active": float(adjusted_rand_score(labels, of_approach)),
        }
    for recipe, of_counts in (counts_by_recipe or {}).items():
        settings = settings_by_recipe[recipe]
        if found[f"{recipe}_recipe"][0] is not None:
            figures[f"{recipe}_recipe"] |= judge_recipe(
                samples_by_recipe[recipe],
                settings=settings,
                of_count=of_counts.get(settings.n_clusters, {}),
            )
    return figures


def judge_recipe(
    sample: pd.DataFrame, *, settings: FitSettings, of_count: dict[str, float]
) -> dict[str, float]:
    """Measure what speaks for a recipe, fitted anew on the sample.

    Stability and silhouette above the copies' are those of its number of clusters. The
    driver share is the part of the leads over the runner-up, the sum of all members'
    and of what speaks for the own cluster only, that their two largest parts carry. The
    moved share is the largest part of the others that changes cluster when one of the
    EXTREME_COUNT members farthest from the mean is left out, clusters being matched so
    that the fewest do.
    """
    model = fit_model(sample, settings=settings)
    points = Space(transform_sample(sample, model=model)).points
    moved_shares = []
    for extreme in np.argsort(((points - points.mean(axis=0)) ** 2).sum(axis=1))[
        -EXTREME_COUNT:
    ]:
        rest = np.delete(np.arange(len(sample)), extreme)
        fit = Recipe(sample.iloc[rest].reset_index(drop=True), settings=settings)
        if clusters := fit.cluster(settings.n_clusters):
            shared = pd.crosstab(model.labels[rest], clusters.labels).to_numpy()
            kept = shared[linear_sum_assignment(shared, maximize=True)].sum()
            moved_shares.append(1 - kept / len(rest))
    return {
        "stability_ari": of_count.get("stability_ari"),
        "silhouette_above_null": of_count.get("silhouette_without_giants", np.nan)
        - of_count.get("null_silhouette", np.nan),
        "top_driver_share": top_driver_share(points, model=model),
        "moved_by_one_share": max(moved_shares, default=np.nan),
    }


def top_driver_share(points: np.ndarray, *, model: FittedModel) -> float:
    """Part of what puts the points into their clusters that two features each carry."""
    squares = (points[:, None, :] - model.centroids) ** 2
    own, runner_up = np.argsort(squares.sum(axis=2), axis=1)[:, :2].T
    rows = np.arange(len(points))
    leads = pd.DataFrame(squares[rows, runner_up] - squares[rows, own]).T
    by_feature = leads.groupby(model.columns()["feature_name"].to_numpy()).sum()
    speaking = np.sort(by_feature.to_numpy().clip(min=0), axis=0)
    return float(speaking[-2:].sum() / speaking.sum())


def standardised_ranks(sample: pd.DataFrame, *, settings: FitSettings) -> np.ndarray:
    """Replace each numeric feature by its rank, with mean 0 and standard deviation 1.

    Ranks take the weight from very large values. Ties share the mean of their ranks; an
    unknown value takes the mean rank; categorical features are left out.
    """
    ranks = sample[list(settings.numeric_features)].rank(method="average")
    scaling = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    return scaling.fit_transform(ranks.to_numpy(dtype=float))


def label_by_dbscan(points: np.ndarray, *, dimension: int) -> np.ndarray:
    """Label points by DBSCAN (Ester et al. 1996), -1 being noise.

    ``min_samples`` is twice the number of features (Sander et al. 1998), and ``eps``
    the knee of the sorted distances to the ``min_samples``-th nearest point, itself
    counted, as Ester et al. propose. Needs as many points.
    """
    min_samples = 2 * dimension
    neighbours = NearestNeighbors(n_neighbors=min_samples).fit(points)
    distances, _ = neighbours.kneighbors(points)
    # A knee at 0 means that most points coincide: any radius finds these.
    eps = knee(np.sort(distances[:, -1])) or np.finfo(float).eps
    return DBSCAN(eps=eps, min_samples=min_samples).fit_predict(points)


def label_by_hdbscan(points: np.ndarray, *, dimension: int) -> np.ndarray:
    """Label points by HDBSCAN (Campello et al. 2013), -1 being noise.

    A cluster has at least twice as many points as features and 2 % of all: density
    may differ between clusters, and no radius is needed.
    """
    smallest = max(2 * dimension, round(0.02 * len(points)))
    return HDBSCAN(min_cluster_size=smallest, copy=True).fit_predict(points)


def knee(rising: np.ndarray) -> float:
    """Value at which a rising curve is farthest below the line between its ends.

    The knee of Satopää et al. (2011), Finding a "Kneedle" in a haystack, without
    smoothing; the first of several.
    """
    line = np.linspace(rising[0], rising[-1], len(rising))
    return float(rising[np.argmax(line - rising)])
