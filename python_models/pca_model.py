"""Fit the principal components of the fitted space, one row per loading."""

from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.projection import (
    PROJECTION_COLUMN_TYPES,
    fit_or_keep_projection,
    projection_to_rows,
)
from segmentation.learning.typed_table import empty_table, typed_table


def model(dbt, session):
    variance_share = dbt.config.meta_get("projection_variance_share")
    features = dbt.ref("enterprise_features")
    model_rows = dbt.ref("kmeans_model").df()
    current_fit = dbt.ref("int_current_fit").df()
    published_rows = dbt.source("previous_publication", "projection_loadings").df()

    if model_rows.empty:
        return empty_table(session, PROJECTION_COLUMN_TYPES)
    fitted = model_from_rows(model_rows)
    projection = fit_or_keep_projection(
        features,
        model=fitted,
        fit_id=int(current_fit["fit_id"].iloc[0]),
        published_rows=published_rows,
        variance_share=float(variance_share),
    )
    rows = projection_to_rows(projection, model=fitted)
    return typed_table(session, rows, PROJECTION_COLUMN_TYPES)
