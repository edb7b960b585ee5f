"""Cluster the same enterprises by every approach and compare with the active one."""

from segmentation.evaluation.comparing import COLUMN_TYPES, compare_approaches
from segmentation.evaluation.variables import read_clusters, read_evaluation_sample
from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.settings import read_settings
from segmentation.learning.typed_table import empty_table, typed_table


def model(dbt, session):
    fit_variables = dbt.config.meta_get("fit_variables")
    evaluate = dbt.config.meta_get("evaluate")
    evaluation_sample_size = dbt.config.meta_get("evaluation_sample_size")
    features = dbt.ref("enterprise_features")
    labels = dbt.ref("enterprise_clusters")
    model_rows = dbt.ref("kmeans_model").df()

    if model_rows.empty:
        return empty_table(session, COLUMN_TYPES)
    active_model = model_from_rows(model_rows)
    settings_by_recipe, active_recipe = read_settings(fit_variables)
    active_sample, *recipe_samples = [
        read_evaluation_sample(
            features,
            settings=settings,
            evaluate=evaluate,
            evaluation_sample_size=evaluation_sample_size,
        )
        for settings in (active_model.settings, *settings_by_recipe.values())
    ]
    if active_sample.empty:
        return empty_table(session, COLUMN_TYPES)
    rows = compare_approaches(
        dict(zip(settings_by_recipe, recipe_samples, strict=True)),
        settings_by_recipe=settings_by_recipe,
        active_recipe=active_recipe,
        active_sample=active_sample,
        active_model=active_model,
        cluster_of_enterprise=read_clusters(
            labels, sample=active_sample, connection=session
        ),
    )
    return typed_table(session, rows, COLUMN_TYPES)
