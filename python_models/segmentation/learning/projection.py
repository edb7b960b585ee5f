"""Principal components of the fitted space: a map of the members."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.decomposition import PCA

from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import FittedModel
from segmentation.learning.pipeline import use_one_thread

# A map needs two axes, whatever share of the variance the first one has.
FEWEST_COMPONENTS = 2
# A feature of very many levels would need hundreds of components, and the table of
# coordinates a number for each of them and each member.
MOST_COMPONENTS = 50
# Shares are sums of floats: all components together may miss 1 by the last bits.
_SHARE_TOLERANCE = 1e-9


@dataclass(frozen=True, kw_only=True)
class FittedProjection:
    """Principal components in the fitted space.

    Loadings, shape (n_components, n_columns), are unit vectors, signed so that the
    entry of largest absolute value is positive (the first of equal ones): the map does
    not flip from run to run.
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
    """
    use_one_thread()
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
    pca.fit(transformed)
    # Of entries that are equal but for the last bits the first decides.
    sizes = np.abs(pca.components_)
    strongest = (sizes > sizes.max(axis=1, keepdims=True) - 1e-9).argmax(axis=1)
    signs = np.sign(pca.components_[np.arange(count), strongest])
    whole = FittedProjection(
        loadings=pca.components_ * signs[:, None],
        mean=pca.mean_,
        # Members that are all alike have no variance to share out.
        explained_variance_ratio=np.nan_to_num(pca.explained_variance_ratio_, nan=0.0),
    )
    return _cut(whole, variance_share=variance_share)


def fit_or_keep_projection(
    sample: pd.DataFrame,
    *,
    model: FittedModel,
    published: FittedProjection | None,
    variance_share: float,
) -> FittedProjection:
    """Keep the published projection as long as its fit lasts, and else fit one.

    A projection belongs to its fit: members that come, go or change do not move
    the map of all others. It is fitted anew with the model, and where the published
    one has fewer components than ``variance_share`` asks for.
    """
    if published is not None:
        shares = published.explained_variance_ratio
        is_enough = shares.sum() >= variance_share - _SHARE_TOLERANCE
        if is_enough or len(shares) == MOST_COMPONENTS:
            return _cut(published, variance_share=variance_share)
    return fit_projection(sample, model=model, variance_share=variance_share)


def _cut(projection: FittedProjection, *, variance_share: float) -> FittedProjection:
    """Leave out the components that the share of the variance does not need."""
    reached = np.cumsum(projection.explained_variance_ratio)
    needed = int((reached < variance_share - _SHARE_TOLERANCE).sum()) + 1
    kept = slice(min(max(needed, FEWEST_COMPONENTS), MOST_COMPONENTS))
    shares = projection.explained_variance_ratio[kept]
    loadings = projection.loadings[kept]
    return replace(projection, loadings=loadings, explained_variance_ratio=shares)


def projection_to_rows(
    projection: FittedProjection, *, model: FittedModel
) -> pd.DataFrame:
    """Write a projection as rows of a fit.

    Components count from 1. A ``loading`` per component and column of the fitted
    space, a ``column_mean`` per column, an ``explained_variance_share`` per component.
    """
    columns = model.columns()
    shares = pd.Series(projection.explained_variance_ratio, name="value")
    shares.index = pd.RangeIndex(1, len(shares) + 1, name="component")
    parts = [
        *(
            columns.assign(parameter="loading", component=component, value=loadings)
            for component, loadings in enumerate(projection.loadings, start=1)
        ),
        columns.assign(parameter="column_mean", value=projection.mean),
        shares.reset_index().assign(parameter="explained_variance_share"),
    ]
    return pd.concat(parts, ignore_index=True)


def projection_from_rows(rows: pd.DataFrame) -> FittedProjection | None:
    """Read a published projection from its ``projection_loadings``; None of no row."""
    if rows.empty:
        return None
    loadings = rows.pivot(index="component", columns="position", values="loading")
    first = rows.loc[rows["component"] == 1].sort_values("position")
    shares = rows.groupby("component")["explained_variance_share"].first()
    return FittedProjection(
        loadings=loadings.sort_index().to_numpy(dtype=float),
        mean=first["column_mean"].to_numpy(dtype=float),
        explained_variance_ratio=shares.sort_index().to_numpy(dtype=float),
    )
