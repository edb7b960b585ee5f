"""Put a sample into the fitted space of a model, in memory.

Everybody is put there by SQL, from the rows of the same model.
"""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, hstack

from segmentation.learning.fitting import DENSE_CELL_LIMIT, FittedModel
from segmentation.learning.pipeline import log1p_of_count


def transform_sample(
    sample: pd.DataFrame, *, model: FittedModel
) -> np.ndarray | csr_array:
    """Put a sample into the fitted space, as the fitted pipeline's transform would.

    Shape (n_rows, n_columns); sparse where a dense table would be too large.
    """
    numeric = np.empty((len(sample), len(model.numeric)))
    for column, feature in enumerate(model.numeric):
        values = sample[feature.name].to_numpy()
        values = log1p_of_count(values) if feature.is_log else values
        known = np.where(np.isnan(values), feature.imputation, values)
        if feature.quantiles:
            known = ranks_among(known, np.array(feature.quantiles))
        numeric[:, column] = (known - feature.center) / feature.scale
    blocks = [csr_array(numeric)]
    for feature in model.categorical:
        texts = sample[feature.name]
        known = texts.where(texts.notna(), feature.imputation)
        codes = pd.Index(feature.levels).get_indexer(known)
        rows = np.flatnonzero(codes >= 0)
        weights = np.full(len(rows), model.settings.categorical_weight)
        shape = (len(sample), len(feature.levels))
        blocks.append(csr_array((weights, (rows, codes[rows])), shape=shape))
    transformed = hstack(blocks, format="csr")
    is_dense = len(sample) * transformed.shape[1] <= DENSE_CELL_LIMIT
    return transformed.toarray() if is_dense else transformed


def ranks_among(values: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Rank known values among quantiles as scikit-learn's QuantileTransformer does.

    Linear in between, the middle of its places for a value that several quantiles
    have; 0 up to the smallest, 1 from the largest on.
    """
    places = np.linspace(0, 1, len(quantiles))
    rising = np.interp(values, quantiles, places)
    falling = np.interp(-values, -quantiles[::-1], -places[::-1])
    ranks = 0.5 * (rising - falling)
    ranks[values == quantiles[-1]] = 1
    ranks[values == quantiles[0]] = 0
    return ranks


def nearest_centroids(
    transformed: np.ndarray | csr_array, *, centroids: np.ndarray
) -> np.ndarray:
    """Label each row with its nearest centroid, on a tie the first."""
    # The squared distance without the point's own square, the same for all centroids.
    return ((centroids**2).sum(axis=1) - 2 * (transformed @ centroids.T)).argmin(axis=1)


def label_sample(sample: pd.DataFrame, model: FittedModel) -> np.ndarray:
    """Nearest centroid of every row of a sample, as the pipeline's predict says."""
    return nearest_centroids(
        transform_sample(sample, model=model), centroids=model.centroids
    )
