"""Evaluate a segmentation, or carry its published evaluation forward."""

import hashlib
import json
from collections.abc import Iterator

import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from segmentation.evaluation.cadence import measure_cadence, read_history
from segmentation.evaluation.cluster_counts import evaluate_cluster_counts
from segmentation.evaluation.comparing import compare_approaches
from segmentation.evaluation.stability import measure_stability
from segmentation.learning.fitting import FittedModel
from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.refitting import days_between, last_fit
from segmentation.learning.sampling import read_sample
from segmentation.learning.settings import Variables, variables_of
from segmentation.sql_text import text
from segmentation.typed_table import typed_table

# Raised when other figures are measured: a published evaluation would lack them.
FIGURES_VERSION = 3
COLUMN_TYPES = {
    "section": "string",
    "subject": "string",
    "figure": "string",
    "value": "double",
    "text_value": "string",
}


def evaluate_segmentation(
    segmentation: str,
    *,
    variables: DuckDBPyRelation,
    sample: DuckDBPyRelation,
    fit: DuckDBPyRelation,
    history: DuckDBPyRelation,
    published_fits: DuckDBPyRelation,
    published_evaluation: DuckDBPyRelation,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Evaluate the segmentation, or emit its published evaluation again.

    The latter while the model is the published one, the evaluation is younger than
    ``evaluate_after_days`` and the variables that decide it are the same. No row where
    the evaluation is switched off or the sample is empty.

    The tables: ``segmentation_variables``; the sample; its fit, as
    :func:`segmentation.learning.emitting.fit_segmentation` returns it;
    ``member_history``; and the published ``segmentation_fits`` and
    ``evaluation_figures``. The sections: run (``evaluated_at`` and the md5 of the
    ``variables``), cluster_count, stability, approach, cadence and feature_shift.
    """
    ours = variables_of(segmentation, variables)
    model_rows = fit.filter("section = 'model'").df()
    if model_rows.empty or not ours.evaluate:
        return typed_table(connection, pd.DataFrame(), COLUMN_TYPES)
    model = model_from_rows(model_rows)
    rows = read_evaluation(
        published_fits, published_evaluation, variables=ours, model=model
    )
    if rows is None:
        rows = pd.DataFrame(
            _evaluate(sample, fit, history, model=model, variables=ours),
            columns=list(COLUMN_TYPES),
        )
    return typed_table(connection, rows, COLUMN_TYPES)


def read_evaluation(
    published_fits: DuckDBPyRelation,
    published_evaluation: DuckDBPyRelation,
    *,
    variables: Variables,
    model: FittedModel,
) -> pd.DataFrame | None:
    """Read the published evaluation if it still holds."""
    of_segmentation = f"segmentation = {text(variables.segmentation)}"
    fit_id, fingerprint = last_fit(
        published_fits.filter(of_segmentation), "fingerprint"
    )
    if fingerprint != model.fingerprint():
        return None
    published = published_evaluation.filter(
        f"{of_segmentation} and fit_id = {fit_id}"
    ).df()
    digest = published.loc[published["figure"] == "variables", "text_value"]
    if digest.tolist() != [digest_variables(variables)]:
        return None
    age_days = days_between(published["evaluated_at"].iloc[0], variables.as_of)
    return published if age_days < variables.evaluate_after_days else None


def digest_variables(variables: Variables) -> str:
    """Digest of the variables that decide the figures of an evaluation."""
    settings = variables.settings_by_recipe.items()
    deciding = [
        FIGURES_VERSION,
        variables.active_recipe,
        {recipe: of_recipe.to_json() for recipe, of_recipe in settings},
        variables.evaluation_sample_size,
    ]
    return hashlib.md5(json.dumps(deciding).encode(), usedforsecurity=False).hexdigest()


def _evaluate(
    sample: DuckDBPyRelation,
    fit: DuckDBPyRelation,
    history: DuckDBPyRelation,
    *,
    model: FittedModel,
    variables: Variables,
) -> Iterator[tuple]:
    samples_by_recipe = {
        recipe: read_sample(
            sample, settings=settings, size=variables.evaluation_sample_size
        )
        for recipe, settings in variables.settings_by_recipe.items()
    }
    members = samples_by_recipe[variables.active_recipe]
    clusters = fit.filter("section = 'label'").project("text_value, cluster_id").df()
    labels = clusters.set_index("text_value")["cluster_id"].loc[members["member_id"]]
    labels = labels.to_numpy(dtype=int)
    counts_by_recipe = {
        recipe: evaluate_cluster_counts(
            samples_by_recipe[recipe],
            settings=settings,
            cluster_counts=None
            if recipe == variables.active_recipe
            else [settings.n_clusters],
        )
        for recipe, settings in variables.settings_by_recipe.items()
    }
    earlier = read_history(
        history, segmentation=variables.segmentation, settings=variables.settings
    )
    refits, shifts = measure_cadence(earlier, variables=variables)
    sections = {
        "cluster_count": counts_by_recipe[variables.active_recipe],
        "stability": measure_stability(
            members,
            labels=labels,
            cluster_count=len(model.centroids),
            settings=model.settings,
        ),
        "approach": compare_approaches(
            samples_by_recipe,
            settings_by_recipe=variables.settings_by_recipe,
            active_recipe=variables.active_recipe,
            model=model,
            labels=labels,
            counts_by_recipe=counts_by_recipe,
        ),
        "cadence": refits,
        "feature_shift": shifts,
    }
    yield "run", "evaluated_at", "evaluated_at", None, variables.as_of.isoformat()
    yield "run", "variables", "variables", None, digest_variables(variables)
    for section, by_subject in sections.items():
        for subject, figures in by_subject.items():
            for figure, value in figures.items():
                if value is None or isinstance(value, str):
                    yield section, str(subject), figure, None, value
                else:
                    yield section, str(subject), figure, float(value), None
