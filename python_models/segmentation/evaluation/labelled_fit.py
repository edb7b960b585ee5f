"""Fit a recipe on a table in memory and label the same table with it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from segmentation.errors import SegmentationError
from segmentation.learning.fitted_space import nearest_centroids, transform_sample
from segmentation.learning.fitting import FittedModel, fit_model
from segmentation.learning.settings import FitSettings


@dataclass(frozen=True, kw_only=True)
class LabelledFit:
    """A fitted model with the enterprises that it was fitted on.

    Attributes
    ----------
    model : FittedModel
    transformed : numpy.ndarray, shape (n_rows, n_columns)
        The enterprises in the model's fitted space.
    labels : numpy.ndarray of int, shape (n_rows,)
        Number of the nearest centroid.
    """

    model: FittedModel
    transformed: np.ndarray
    labels: np.ndarray


def fit_and_label(sample: pd.DataFrame, *, settings: FitSettings) -> LabelledFit | None:
    """Fit the recipe of the settings and label the sample with it.

    Parameters
    ----------
    sample : pandas.DataFrame, shape (n_rows, 1 + n_features)
        As :func:`segmentation.learning.sampling.read_fit_sample` returns it.
    settings : FitSettings

    Returns
    -------
    LabelledFit or None
        None where the sample has fewer different enterprises than clusters.
    """
    model = fit_or_none(sample, settings=settings)
    if model is None:
        return None
    transformed = dense_transform(sample, model=model)
    return LabelledFit(
        model=model,
        transformed=transformed,
        labels=nearest_centroids(transformed, centroids=model.centroids),
    )


def fit_or_none(sample: pd.DataFrame, *, settings: FitSettings) -> FittedModel | None:
    """Fit the recipe, or say None of fewer different enterprises than clusters."""
    try:
        return fit_model(sample, settings=settings)
    except SegmentationError:
        return None


def dense_transform(sample: pd.DataFrame, *, model: FittedModel) -> np.ndarray:
    """Put a sample of the evaluation into the fitted space, as a dense table.

    Returns
    -------
    numpy.ndarray, shape (n_rows, n_columns)
    """
    transformed = transform_sample(sample, model=model)
    return transformed.toarray() if issparse(transformed) else transformed
