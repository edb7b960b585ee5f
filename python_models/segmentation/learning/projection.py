"""Principal components of the fitted space: a map of the enterprises."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from scipy.sparse import issparse
from sklearn.decomposition import PCA

from segmentation.learning.fitted_space import (
    CategoryWeights,
    category_blocks,
    join_category_weights,
    scale_features,
    transform_sample,
)
from segmentation.learning.fitting import FittedModel
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.threads import use_one_thread
from segmentation.sql_text import number

# A map needs two axes, whatever share of the variance the first one has.
FEWEST_COMPONENTS = 2
# A feature of very many categories would need hundreds of components, and the table
# of coordinates a row for each of them and each enterprise.
MOST_COMPONENTS = 50
# Shares are sums of floats: all components together may miss 1 by the last bits.
_SHARE_TOLERANCE = 1e-9
PROJECTION_COLUMN_TYPES = {
    "component": "integer",
    "position": "integer",
    "feature_name": "varchar",
    "category": "varchar",
    "loading": "double",
    "column_mean": "double",
    "explained_variance_share": "double",
}
COORDINATE_COLUMN_TYPES = {
    "enterprise_id": "varchar",
    "component": "integer",
    "coordinate": "double",
}


@dataclass(frozen=True, kw_only=True)
class FittedProjection:
    """Principal components in the fitted space.

    Attributes
    ----------
    loadings : numpy.ndarray, shape (n_components, n_columns)
        Unit vectors, signed so that the entry of largest absolute value is positive
        (the first of equal ones): the map does not flip from run to run.
    mean : numpy.ndarray, shape (n_columns,)
    explained_variance_ratio : numpy.ndarray, shape (n_components,)
    """

    loadings: np.ndarray
    mean: np.ndarray
    explained_variance_ratio: np.ndarray


def fit_projection(
    sample: pd.DataFrame, *, model: FittedModel, variance_share: float
) -> FittedProjection:
    """Fit the principal components on the sample of the fit (Pearson 1901).

    As many as reach ``variance_share`` of the variance of the fitted space, at least
    FEWEST_COMPONENTS where it has as many columns, and at most MOST_COMPONENTS.

    Parameters
    ----------
    sample : pandas.DataFrame
        What the model was fitted on.
    model : FittedModel
    variance_share : float
        Above 0 and up to 1.

    Returns
    -------
    FittedProjection
    """
    transformed = transform_sample(sample, model=model)
    count = min(transformed.shape)
    if issparse(transformed):
        # Only some of the components can be had without a dense table.
        solver, count = "arpack", min(count - 1, MOST_COMPONENTS)
    else:
        # The covariance of few columns takes no further copy of a long table.
        is_long = transformed.shape[0] > transformed.shape[1]
        solver = "covariance_eigh" if is_long else "full"
    pca = PCA(n_components=count, svd_solver=solver, random_state=0)
    use_one_thread()
    pca.fit(transformed)
    # Of entries that are equal but for the last bits the first decides.
    sizes = np.abs(pca.components_)
    strongest = (sizes > sizes.max(axis=1, keepdims=True) - 1e-9).argmax(axis=1)
    signs = np.sign(pca.components_[np.arange(count), strongest])
    # Enterprises that are all alike have no variance to share out.
    shares = np.nan_to_num(pca.explained_variance_ratio_, nan=0.0)
    kept = slice(_component_count(shares, variance_share=variance_share))
    return FittedProjection(
        loadings=(pca.components_ * signs[:, None])[kept],
        mean=pca.mean_,
        explained_variance_ratio=shares[kept],
    )


def fit_or_keep_projection(
    features: DuckDBPyRelation,
    *,
    model: FittedModel,
    fit_id: int,
    published_rows: pd.DataFrame,
    variance_share: float,
) -> FittedProjection:
    """Keep the published projection as long as its fit lasts, and else fit one.

    A projection belongs to its fit: enterprises that come, go or change do not move
    the map of all others. It is fitted anew with the model, and where the published
    one has fewer components than ``variance_share`` asks for.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        ``enterprise_features``, one row per active enterprise.
    model : FittedModel
    fit_id : int
        Number of the model's fit.
    published_rows : pandas.DataFrame
        As :func:`projection_to_rows` makes them, with ``fit_id``; may be empty.
    variance_share : float
        Above 0 and up to 1.

    Returns
    -------
    FittedProjection
    """
    of_this_fit = published_rows.loc[published_rows["fit_id"] == fit_id]
    if not of_this_fit.empty:
        published = projection_from_rows(of_this_fit)
        shares = published.explained_variance_ratio
        if len(shares) == MOST_COMPONENTS or _reaches(shares, variance_share):
            kept = slice(_component_count(shares, variance_share=variance_share))
            return FittedProjection(
                loadings=published.loadings[kept],
                mean=published.mean,
                explained_variance_ratio=shares[kept],
            )
    sample = read_fit_sample(features, settings=model.settings)
    return fit_projection(sample, model=model, variance_share=variance_share)


def _reaches(shares: np.ndarray, variance_share: float) -> bool:
    return bool(shares.sum() >= variance_share - _SHARE_TOLERANCE)


def _component_count(shares: np.ndarray, *, variance_share: float) -> int:
    reached = np.cumsum(shares) >= variance_share - _SHARE_TOLERANCE
    needed = int(reached.argmax()) + 1 if reached.any() else len(shares)
    return min(max(needed, FEWEST_COMPONENTS), MOST_COMPONENTS, len(shares))


def projection_to_rows(
    projection: FittedProjection, *, model: FittedModel
) -> pd.DataFrame:
    """Write a projection as rows: one per component and column of the fitted space.

    Returns
    -------
    pandas.DataFrame, shape (n_components * n_columns, 7)
    """
    columns = model.columns()
    return pd.DataFrame(
        [
            {
                "component": component + 1,
                "position": position,
                "feature_name": feature_name,
                "category": category,
                "loading": float(projection.loadings[component, position]),
                "column_mean": float(projection.mean[position]),
                "explained_variance_share": float(
                    projection.explained_variance_ratio[component]
                ),
            }
            for component in range(len(projection.loadings))
            for position, (feature_name, category) in enumerate(columns)
        ],
        columns=list(PROJECTION_COLUMN_TYPES),
    )


def projection_from_rows(rows: pd.DataFrame) -> FittedProjection:
    """Read back what :func:`projection_to_rows` wrote, in any order of rows."""
    loadings = rows.pivot(index="component", columns="position", values="loading")
    first = rows.loc[rows["component"] == 1].sort_values("position")
    shares = rows.groupby("component")["explained_variance_share"].first()
    return FittedProjection(
        loadings=loadings.sort_index().to_numpy(dtype=float),
        mean=first["column_mean"].to_numpy(dtype=float),
        explained_variance_ratio=shares.sort_index().to_numpy(dtype=float),
    )


def project_enterprises(
    features: DuckDBPyRelation,
    *,
    model: FittedModel,
    projection: FittedProjection,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Coordinates of every enterprise on the principal components.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Lazy, one row per enterprise and component. ``enterprise_id``, ``component``
        (from 1) and ``coordinate`` in the fitted space's unit.
    """
    joined, category_terms = join_category_weights(
        scale_features(features, model=model),
        model=model,
        weights=[
            CategoryWeights(
                seen=model.category_weight * block, unseen=np.zeros(len(block))
            )
            for block in category_blocks(model, projection.loadings)
        ],
        connection=connection,
    )
    coordinates = []
    for component, loadings in enumerate(projection.loadings):
        terms = [
            f"scaled_{i} * {number(loadings[i])}" for i in range(len(model.numeric))
        ]
        terms += [of_feature[component] for of_feature in category_terms]
        offset = number(loadings @ projection.mean)
        coordinates.append(f"{' + '.join(terms)} - {offset}")
    numbers = ", ".join(str(i + 1) for i in range(len(coordinates)))
    return joined.project(
        "enterprise_id, "
        f"cast(unnest([{numbers}]) as integer) as component, "
        f"cast(unnest([{', '.join(coordinates)}]) as double) as coordinate"
    )
