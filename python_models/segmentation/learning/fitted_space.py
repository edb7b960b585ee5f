"""Put enterprises into the fitted space.

Everybody in the database engine, row by row; the sample of a fit also in memory.
In the engine the arithmetic is generated SQL over the feature table: nothing but the
model is held in Python, and a million enterprises stream by. A numeric feature is a
scaled number; a categorical one, a block of columns in the fit that are 0 or the
category weight, is there its category, joined to a small table with what that category
adds to each output.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from scipy.sparse import csr_array

from segmentation.learning.fitting import DENSE_CELL_LIMIT, FittedModel, NumericFeature
from segmentation.learning.pipeline import log_of_positive
from segmentation.sql_text import finite, number, quoted, text


@dataclass(frozen=True, kw_only=True)
class CategoryWeights:
    """What each category of one feature adds to each output.

    Attributes
    ----------
    seen : numpy.ndarray, shape (n_outputs, n_categories)
        For the categories of the fit, in their order.
    unseen : numpy.ndarray, shape (n_outputs,)
        For any other category.
    """

    seen: np.ndarray
    unseen: np.ndarray


def transform_sample(
    sample: pd.DataFrame, *, model: FittedModel
) -> np.ndarray | csr_array:
    """Put a sample into the fitted space, as the fitted pipeline's transform would.

    Parameters
    ----------
    sample : pandas.DataFrame
        As :func:`segmentation.learning.sampling.read_fit_sample` returns it.
    model : FittedModel

    Returns
    -------
    numpy.ndarray or scipy.sparse.csr_array, shape (n_rows, n_columns)
        Sparse where a dense table would be too large.
    """
    numeric = np.column_stack(
        [
            np.empty((len(sample), 0)),
            *(_scale_values(sample[f.name].to_numpy(), f) for f in model.numeric),
        ]
    )
    column_offset = len(model.numeric)
    rows, columns = [], []
    for feature in model.categorical:
        known = sample[feature.name].where(
            sample[feature.name].notna(), feature.imputation
        )
        codes = pd.Index(feature.categories).get_indexer(known)
        rows.append(np.flatnonzero(codes >= 0))
        columns.append(column_offset + codes[codes >= 0])
        column_offset += len(feature.categories)
    shape = (len(sample), column_offset)
    if shape[0] * shape[1] <= DENSE_CELL_LIMIT:
        transformed = np.zeros(shape)
        transformed[:, : len(model.numeric)] = numeric
        for row, column in zip(rows, columns, strict=True):
            transformed[row, column] = model.category_weight
        return transformed
    numeric_rows, numeric_columns = np.indices(numeric.shape).reshape(2, -1)
    weights = np.full(sum(map(len, rows)), model.category_weight)
    return csr_array(
        (
            np.concatenate([numeric.ravel(), weights]),
            (
                np.concatenate([numeric_rows, *rows]),
                np.concatenate([numeric_columns, *columns]),
            ),
        ),
        shape=shape,
    )


def nearest_centroids(
    transformed: np.ndarray | csr_array, *, centroids: np.ndarray
) -> np.ndarray:
    """Label each row with its nearest centroid, on a tie the first.

    Parameters
    ----------
    transformed : numpy.ndarray or scipy.sparse.csr_array, shape (n_rows, n_columns)
    centroids : numpy.ndarray, shape (n_clusters, n_columns)

    Returns
    -------
    numpy.ndarray of int, shape (n_rows,)
    """
    # The squared distance without the point's own square, the same for all centroids.
    return ((centroids**2).sum(axis=1) - 2 * (transformed @ centroids.T)).argmin(axis=1)


def _scale_values(values: np.ndarray, feature: NumericFeature) -> np.ndarray:
    if feature.is_log:
        values = log_of_positive(values)
    known = np.where(np.isnan(values), feature.imputation, values)
    return (known - feature.center) / feature.scale


def scale_features(
    features: DuckDBPyRelation, *, model: FittedModel
) -> DuckDBPyRelation:
    """Impute and scale every feature as the fit did.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Lazy. ``enterprise_id``, ``scaled_<i>`` for the numeric features and
        ``category_<i>`` for the categorical ones, in the model's order.
    """
    numeric = [
        f"(coalesce({_transformed(f)}, {number(f.imputation)})"
        f" - {number(f.center)}) / {number(f.scale)} as scaled_{i}"
        for i, f in enumerate(model.numeric)
    ]
    categorical = [
        f"coalesce(cast({quoted(f.name)} as varchar), {text(f.imputation)})"
        f" as category_{i}"
        for i, f in enumerate(model.categorical)
    ]
    return features.project(", ".join(["enterprise_id", *numeric, *categorical]))


def _transformed(feature: NumericFeature) -> str:
    value = finite(feature.name)
    return f"ln(case when {value} > 0 then {value} end)" if feature.is_log else value


def category_blocks(model: FittedModel, columns: np.ndarray) -> list[np.ndarray]:
    """Cut the columns of the fitted space into one block per categorical feature.

    Parameters
    ----------
    model : FittedModel
    columns : numpy.ndarray, shape (n_outputs, n_columns)

    Returns
    -------
    list of numpy.ndarray, each of shape (n_outputs, n_categories of the feature)
    """
    widths = [len(feature.categories) for feature in model.categorical]
    ends = len(model.numeric) + np.cumsum([0, *widths])
    return [columns[:, ends[i] : ends[i + 1]] for i in range(len(widths))]


def squared_category_distances(model: FittedModel) -> list[CategoryWeights]:
    """Squared distance to each centroid within the block of each categorical feature.

    In a block of columns that are 0 or w it is
    sum(c ** 2) + w ** 2 - 2 * w * c[category], and sum(c ** 2) for a category that
    the fit has not seen.

    Returns
    -------
    list of CategoryWeights
        One per categorical feature; its outputs are the clusters.
    """
    w = model.category_weight
    weights = []
    for block in category_blocks(model, model.centroids):
        unseen = (block**2).sum(axis=1)
        weights.append(
            CategoryWeights(seen=unseen[:, None] + w**2 - 2 * w * block, unseen=unseen)
        )
    return weights


def join_category_weights(
    scaled: DuckDBPyRelation,
    *,
    model: FittedModel,
    weights: list[CategoryWeights],
    connection: DuckDBPyConnection,
) -> tuple[DuckDBPyRelation, list[list[str]]]:
    """Join to each enterprise what its categories add to each output.

    Parameters
    ----------
    scaled : duckdb.DuckDBPyRelation
        As :func:`scale_features` returns it.
    model : FittedModel
    weights : list of CategoryWeights
        One per categorical feature of the model.
    connection : duckdb.DuckDBPyConnection
        The connection that ``scaled`` belongs to.

    Returns
    -------
    joined : duckdb.DuckDBPyRelation
    terms : list of list of str
        For each categorical feature, the SQL of its term in each output.
    """
    joined, terms = scaled, []
    for i, (feature, weight) in enumerate(zip(model.categorical, weights, strict=True)):
        outputs = range(len(weight.unseen))
        table = pd.DataFrame(
            {
                f"seen_category_{i}": list(feature.categories),
                **{f"weight_{i}_{o}": weight.seen[o] for o in outputs},
            }
        )
        joined = joined.join(
            connection.from_df(table), f"category_{i} = seen_category_{i}", how="left"
        )
        terms.append(
            [f"coalesce(weight_{i}_{o}, {number(weight.unseen[o])})" for o in outputs]
        )
    return joined, terms
