"""Principal components of the fitted space: a map of the enterprises."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from scipy.sparse import issparse
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from segmentation.fitted_space import (
    CategoryWeights,
    category_blocks,
    join_category_weights,
    scale_features,
    transform_sample,
)
from segmentation.fitting import FittedModel
from segmentation.sql_text import number

COMPONENT_COUNT = 2
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
    "pca_x": "double",
    "pca_y": "double",
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


def fit_projection(sample: pd.DataFrame, *, model: FittedModel) -> FittedProjection:
    """Fit the first two principal components on the sample of the fit.

    Parameters
    ----------
    sample : pandas.DataFrame
        What the model was fitted on.
    model : FittedModel

    Returns
    -------
    FittedProjection
    """
    transformed = transform_sample(sample, model=model)
    solver = "arpack" if issparse(transformed) else "full"
    component_count = min(COMPONENT_COUNT, *transformed.shape)
    pca = PCA(n_components=component_count, svd_solver=solver, random_state=0)
    with threadpool_limits(limits=1):
        pca.fit(transformed)
    # Of entries that are equal but for the last bits the first decides.
    sizes = np.abs(pca.components_)
    strongest = (sizes > sizes.max(axis=1, keepdims=True) - 1e-9).argmax(axis=1)
    signs = np.sign(pca.components_[np.arange(component_count), strongest])
    return FittedProjection(
        loadings=pca.components_ * signs[:, None],
        mean=pca.mean_,
        explained_variance_ratio=pca.explained_variance_ratio_,
    )


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
        Lazy. ``enterprise_id``, ``pca_x`` and ``pca_y``, in the fitted space's unit.
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
    columns = []
    for component, name in enumerate(("pca_x", "pca_y")):
        if component >= len(projection.loadings):
            # A fitted space of one column is a line.
            columns.append(f"cast(0 as double) as {name}")
            continue
        loadings = projection.loadings[component]
        terms = [
            f"scaled_{i} * {number(loadings[i])}" for i in range(len(model.numeric))
        ]
        terms += [of_feature[component] for of_feature in category_terms]
        offset = number(loadings @ projection.mean)
        columns.append(f"cast({' + '.join(terms)} - {offset} as double) as {name}")
    return joined.project(", ".join(["enterprise_id", *columns]))
