"""Measure whether the features of the fit are sound."""

from segmentation.learning.diagnosing import COLUMN_TYPES, diagnose_fit
from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.typed_table import empty_table, typed_table


def model(dbt, session):
    features = dbt.ref("enterprise_features")
    model_rows = dbt.ref("kmeans_model").df()

    if model_rows.empty:
        return empty_table(session, COLUMN_TYPES)
    fitted = model_from_rows(model_rows)
    sample = read_fit_sample(features, settings=fitted.settings)
    return typed_table(session, diagnose_fit(sample, model=fitted), COLUMN_TYPES)
