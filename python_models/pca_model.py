"""Fit the principal components of the fitted space, one row per loading."""

from segmentation.model_rows import model_from_rows
from segmentation.projection import (
    PROJECTION_COLUMN_TYPES,
    fit_projection,
    projection_to_rows,
)
from segmentation.sampling import read_fit_sample
from segmentation.typed_table import empty_table, typed_table


def model(dbt, session):
    features = dbt.ref("enterprise_features")
    model_rows = dbt.ref("kmeans_model").df()

    if model_rows.empty:
        return empty_table(session, PROJECTION_COLUMN_TYPES)
    fitted = model_from_rows(model_rows)
    sample = read_fit_sample(features, settings=fitted.settings)
    rows = projection_to_rows(fit_projection(sample, model=fitted), model=fitted)
    return typed_table(session, rows, PROJECTION_COLUMN_TYPES)
