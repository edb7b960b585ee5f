"""Compare the active clustering with what other approaches make of the same rows."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from segmentation.evaluation.alternatives import (
    label_by_dbscan,
    label_by_kmeans,
    label_by_self_organising_map,
    label_by_ward,
    standardised_ranks,
)
from segmentation.evaluation.figures import NOISE, silhouette
from segmentation.evaluation.labelled_fit import dense_transform, fit_and_label
from segmentation.learning.fitting import FittedModel
from segmentation.learning.settings import FitSettings
from segmentation.learning.threads import use_one_thread

COLUMN_TYPES = {
    "approach": "varchar",
    "is_active": "boolean",
    "enterprise_count": "bigint",
    "cluster_count": "integer",
    "cluster_sizes": "varchar",
    "smallest_cluster_size": "bigint",
    "silhouette": "double",
    "silhouette_in_active_space": "double",
    "noise_share": "double",
    "ari_to_active": "double",
}


def compare_approaches(
    samples_by_recipe: dict[str, pd.DataFrame],
    *,
    settings_by_recipe: dict[str, FitSettings],
    active_recipe: str,
    active_sample: pd.DataFrame,
    active_model: FittedModel,
    cluster_of_enterprise: pd.Series,
) -> pd.DataFrame:
    """Cluster the same enterprises in every way and compare with the active one.

    The alternatives make as many clusters as the active model has, but for DBSCAN,
    which finds its own number. Ward, DBSCAN and the self-organising map work in the
    fitted space of the active model.

    Parameters
    ----------
    samples_by_recipe : dict of str to pandas.DataFrame
        For each recipe the same enterprises in the same order, with its features.
    settings_by_recipe : dict of str to FitSettings
    active_recipe : str
        Its row shows the labels of the active model, not of a fit made here.
    active_sample : pandas.DataFrame
        The same enterprises with the features of the active model.
    active_model : FittedModel
    cluster_of_enterprise : pandas.Series
        ``cluster_id`` of the active model, by ``enterprise_id``.

    Returns
    -------
    pandas.DataFrame
        The columns of COLUMN_TYPES, one row per approach. NaN and None where an
        approach needs more, or more different, enterprises than there are.
    """
    use_one_thread()
    space = dense_transform(active_sample, model=active_model)
    active_labels = cluster_of_enterprise.loc[active_sample["enterprise_id"]]
    active_labels = active_labels.to_numpy(dtype=int)
    settings = active_model.settings
    cluster_count = len(active_model.centroids)
    dimension = len(active_model.feature_names())

    def describe(
        approach: str,
        points: np.ndarray,
        labels: np.ndarray | None,
        *,
        is_active: bool = False,
    ) -> dict[str, object]:
        return {
            "approach": approach,
            "is_active": is_active,
            "enterprise_count": len(active_sample),
            **_figures(points, labels, space=space, active_labels=active_labels),
        }

    rows = []
    for recipe, of_recipe in settings_by_recipe.items():
        approach = f"{recipe}_recipe"
        if recipe == active_recipe:
            rows.append(describe(approach, space, active_labels, is_active=True))
            continue
        fit = fit_and_label(samples_by_recipe[recipe], settings=of_recipe)
        rows.append(
            describe(approach, space, None)
            if fit is None
            else describe(approach, fit.transformed, fit.labels)
        )

    def add(
        approach: str,
        points: np.ndarray,
        *,
        needed_count: int,
        label: Callable[[], np.ndarray],
    ) -> None:
        is_possible = len(np.unique(points, axis=0)) >= needed_count
        rows.append(describe(approach, points, label() if is_possible else None))

    ranks = standardised_ranks(active_sample, settings=settings)
    add(
        "kmeans_on_ranks",
        ranks,
        needed_count=cluster_count,
        label=lambda: label_by_kmeans(
            ranks, cluster_count=cluster_count, settings=settings
        ),
    )
    add(
        "ward",
        space,
        needed_count=cluster_count,
        label=lambda: label_by_ward(space, cluster_count=cluster_count),
    )
    add(
        "dbscan",
        space,
        needed_count=2 * dimension,
        label=lambda: label_by_dbscan(space, dimension=dimension),
    )
    add(
        "self_organising_map",
        space,
        needed_count=cluster_count,
        label=lambda: label_by_self_organising_map(
            space, cluster_count=cluster_count, settings=settings
        ),
    )
    return pd.DataFrame(rows, columns=list(COLUMN_TYPES))


def _figures(
    points: np.ndarray,
    labels: np.ndarray | None,
    *,
    space: np.ndarray,
    active_labels: np.ndarray,
) -> dict[str, object]:
    if labels is None:
        return {}
    is_noise = labels == NOISE
    sizes = np.sort(np.unique_counts(labels[~is_noise]).counts)[::-1]
    return {
        "cluster_count": len(sizes),
        "cluster_sizes": ", ".join(map(str, sizes)) or None,
        "smallest_cluster_size": sizes[-1] if len(sizes) else None,
        "silhouette": silhouette(points, labels=labels),
        "silhouette_in_active_space": silhouette(space, labels=labels),
        "noise_share": float(is_noise.mean()),
        "ari_to_active": float(adjusted_rand_score(active_labels, labels)),
    }
