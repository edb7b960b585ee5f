"""Fit k-means and emit what it learned, one row per number."""

from segmentation.fitting import fit_model
from segmentation.model_rows import COLUMN_TYPES, model_to_rows
from segmentation.sampling import read_fit_sample
from segmentation.settings import FitSettings
from segmentation.typed_table import empty_table, typed_table


def model(dbt, session):
    numeric_features = dbt.config.meta_get("numeric_features")
    categorical_features = dbt.config.meta_get("categorical_features")
    n_clusters = dbt.config.meta_get("n_clusters")
    random_state = dbt.config.meta_get("random_state")
    n_init = dbt.config.meta_get("n_init")
    scaling = dbt.config.meta_get("scaling")
    fit_sample_size = dbt.config.meta_get("fit_sample_size")
    features = dbt.ref("enterprise_features")

    settings = FitSettings.from_variables(
        numeric_features=numeric_features,
        categorical_features=categorical_features,
        n_clusters=n_clusters,
        random_state=random_state,
        n_init=n_init,
        scaling=scaling,
        fit_sample_size=fit_sample_size,
    )
    sample = read_fit_sample(features, settings=settings)
    if sample.empty:
        # Only `dbt build --empty` comes here: enterprise_features refuses it else.
        return empty_table(session, COLUMN_TYPES)
    rows = model_to_rows(fit_model(sample, settings=settings))
    return typed_table(session, rows, COLUMN_TYPES)
