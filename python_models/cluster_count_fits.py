"""Fit the active recipe with each number of clusters and measure the outcome."""

from segmentation.evaluation.cluster_counts import (
    COLUMN_TYPES,
    evaluate_cluster_counts,
)
from segmentation.evaluation.variables import read_evaluation_sample
from segmentation.learning.settings import read_active_settings
from segmentation.learning.typed_table import empty_table, typed_table


def model(dbt, session):
    fit_variables = dbt.config.meta_get("fit_variables")
    evaluate = dbt.config.meta_get("evaluate")
    evaluation_sample_size = dbt.config.meta_get("evaluation_sample_size")
    features = dbt.ref("enterprise_features")

    settings = read_active_settings(fit_variables)
    sample = read_evaluation_sample(
        features,
        settings=settings,
        evaluate=evaluate,
        evaluation_sample_size=evaluation_sample_size,
    )
    if sample.empty:
        return empty_table(session, COLUMN_TYPES)
    rows = evaluate_cluster_counts(sample, settings=settings)
    return typed_table(session, rows, COLUMN_TYPES)
