"""Cluster bootstrap samples anew and look for each cluster in the result."""

from segmentation.evaluation.stability import COLUMN_TYPES, measure_stability
from segmentation.evaluation.variables import read_clusters, read_evaluation_sample
from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.typed_table import empty_table, typed_table


def model(dbt, session):
    evaluate = dbt.config.meta_get("evaluate")
    evaluation_sample_size = dbt.config.meta_get("evaluation_sample_size")
    features = dbt.ref("enterprise_features")
    labels = dbt.ref("enterprise_clusters")
    model_rows = dbt.ref("kmeans_model").df()

    if model_rows.empty:
        return empty_table(session, COLUMN_TYPES)
    active_model = model_from_rows(model_rows)
    sample = read_evaluation_sample(
        features,
        settings=active_model.settings,
        evaluate=evaluate,
        evaluation_sample_size=evaluation_sample_size,
    )
    if sample.empty:
        return empty_table(session, COLUMN_TYPES)
    rows = measure_stability(
        sample,
        cluster_of_enterprise=read_clusters(labels, sample=sample, connection=session),
        cluster_count=len(active_model.centroids),
        settings=active_model.settings,
    )
    return typed_table(session, rows, COLUMN_TYPES)
