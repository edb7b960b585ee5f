"""Decide whether this build fits a new model, and say why."""

from segmentation.learning.refitting import (
    ASSESSMENT_COLUMN_TYPES,
    RefitPolicy,
    assess,
    read_stored_model,
)
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.settings import read_active_settings
from segmentation.learning.typed_table import empty_table, typed_table


def model(dbt, session):
    fit_variables = dbt.config.meta_get("fit_variables")
    refit = dbt.config.meta_get("refit")
    refit_after_days = dbt.config.meta_get("refit_after_days")
    refit_below_ari = dbt.config.meta_get("refit_below_ari")
    refit_minimum_gain = dbt.config.meta_get("refit_minimum_gain")
    features = dbt.ref("enterprise_features")
    last_fit = dbt.ref("int_last_fit").df()
    published_parameters = dbt.source("previous_publication", "fit_parameters")

    settings = read_active_settings(fit_variables)
    sample = read_fit_sample(features, settings=settings)
    if sample.empty:
        # Only `dbt build --empty` comes here: enterprise_features refuses it else.
        return empty_table(session, ASSESSMENT_COLUMN_TYPES)
    assessment = assess(
        sample,
        settings=settings,
        policy=RefitPolicy.from_variables(
            refit=refit,
            refit_after_days=refit_after_days,
            refit_below_ari=refit_below_ari,
            refit_minimum_gain=refit_minimum_gain,
        ),
        stored=read_stored_model(last_fit, published_parameters),
    )
    return typed_table(session, assessment.to_row(), ASSESSMENT_COLUMN_TYPES)
