"""Fit k-means, or take the published fit, and emit what it learned as rows."""

from segmentation.model_rows import COLUMN_TYPES
from segmentation.refitting import (
    Assessment,
    choose_model_rows,
    read_stored_model,
)
from segmentation.sampling import read_fit_sample
from segmentation.settings import read_active_settings
from segmentation.typed_table import empty_table, typed_table


def model(dbt, session):
    refit_minimum_gain = dbt.config.meta_get("refit_minimum_gain")
    features = dbt.ref("enterprise_features")
    fit_settings = dbt.ref("int_fit_settings").df()
    assessments = dbt.ref("refit_assessment").df()
    last_fit = dbt.ref("int_last_fit").df()
    published_parameters = dbt.source("previous_publication", "fit_parameters")

    if assessments.empty:
        return empty_table(session, COLUMN_TYPES)
    settings = read_active_settings(fit_settings)
    rows = choose_model_rows(
        read_fit_sample(features, settings=settings),
        settings=settings,
        minimum_gain=float(refit_minimum_gain),
        assessment=Assessment(**assessments.iloc[0].to_dict()),
        stored=read_stored_model(last_fit, published_parameters),
    )
    return typed_table(session, rows, COLUMN_TYPES)
