"""Fit k-means, or take the published fit, and emit what it learned as rows."""

from segmentation.learning.model_rows import COLUMN_TYPES
from segmentation.learning.refitting import (
    Assessment,
    choose_model_rows,
    read_stored_model,
)
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.settings import read_active_settings
from segmentation.learning.typed_table import empty_table, typed_table


def model(dbt, session):
    fit_variables = dbt.config.meta_get("fit_variables")
    refit_minimum_gain = dbt.config.meta_get("refit_minimum_gain")
    features = dbt.ref("enterprise_features")
    assessments = dbt.ref("refit_assessment").df()
    last_fit = dbt.ref("int_last_fit").df()
    published_parameters = dbt.source("previous_publication", "fit_parameters")

    if assessments.empty:
        return empty_table(session, COLUMN_TYPES)
    settings = read_active_settings(fit_variables)
    rows = choose_model_rows(
        read_fit_sample(features, settings=settings),
        settings=settings,
        minimum_gain=float(refit_minimum_gain),
        assessment=Assessment(**assessments.iloc[0].to_dict()),
        stored=read_stored_model(last_fit, published_parameters),
    )
    return typed_table(session, rows, COLUMN_TYPES)
