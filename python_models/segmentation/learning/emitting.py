"""Fit or keep the model of a segmentation, and emit all that is learned as rows."""

import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from segmentation.learning.diagnosing import diagnose_fit
from segmentation.learning.fitted_space import label_sample
from segmentation.learning.model_rows import COLUMN_TYPES as MODEL_COLUMN_TYPES
from segmentation.learning.pipeline import use_one_thread
from segmentation.learning.projection import (
    fit_or_keep_projection,
    projection_from_rows,
    projection_to_rows,
)
from segmentation.learning.refitting import decide, read_stored_model
from segmentation.learning.sampling import read_sample
from segmentation.learning.settings import of_segmentation, variables_of
from segmentation.sql_text import text
from segmentation.typed_table import typed_table

COLUMN_TYPES = {"section": "string", **MODEL_COLUMN_TYPES, "component": "integer"}


def fit_segmentation(
    segmentation: str,
    *,
    variables: DuckDBPyRelation,
    sample: DuckDBPyRelation,
    published_fits: DuckDBPyRelation,
    published_parameters: DuckDBPyRelation,
    published_loadings: DuckDBPyRelation,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Fit the segmentation, or keep its published model, and say all about it.

    The tables: ``segmentation_variables``; the sample, with ``member_id``,
    ``sample_rank`` and the features of every recipe; and the published
    ``segmentation_fits``, ``fit_parameters`` and ``projection_loadings``. No row of an
    empty sample. Sections:

    decision
        ``is_refit``, ``reason``, ``declined`` and ``agreement`` of
        ``refitting.Decision``.
    novelty
        See :func:`segmentation.learning.novelty.measure_novelty`.
    model
        See :mod:`segmentation.learning.model_rows`.
    projection
        See :func:`segmentation.learning.projection.projection_to_rows`.
    check
        See :func:`segmentation.learning.diagnosing.diagnose_fit`.
    label
        The ``cluster_id`` of every member of the sample, named in ``text_value``.
    """
    if not sample.limit(1).fetchall():
        # Only `dbt build --empty` comes here: an empty feature table is refused else.
        return typed_table(connection, pd.DataFrame(), COLUMN_TYPES)
    use_one_thread()
    ours = variables_of(segmentation, variables)
    members = read_sample(sample, settings=ours.settings)
    stored = read_stored_model(published_fits, published_parameters, variables=ours)
    with of_segmentation(segmentation):
        decision = decide(members, variables=ours, stored=stored)
    model = decision.model
    published = None
    if stored is not None and model is stored.model:
        of_fit = f"segmentation = {text(segmentation)} and fit_id = {stored.fit_id}"
        published = projection_from_rows(published_loadings.filter(of_fit).df())
    projection = fit_or_keep_projection(
        members,
        model=model,
        published=published,
        variance_share=ours.projection_variance_share,
    )
    labels = label_sample(members, model) if model.labels is None else model.labels
    sections = {
        "decision": pd.DataFrame(
            [
                {"parameter": "is_refit", "value": float(decision.reason is not None)},
                {"parameter": "reason", "text_value": decision.reason},
                {"parameter": "declined", "text_value": decision.declined},
                {"parameter": "agreement", "value": decision.agreement},
            ]
        ),
        "novelty": decision.novelty,
        "model": decision.rows,
        "projection": projection_to_rows(projection, model=model),
        "check": diagnose_fit(members, model=model),
        "label": pd.DataFrame(
            {"cluster_id": labels, "text_value": members["member_id"]}
        ),
    }
    rows = []
    for section, table in sections.items():
        numbered = table.assign(section=section, row_number=range(1, len(table) + 1))
        rows.append(numbered.astype(object))
    return typed_table(connection, pd.concat(rows, ignore_index=True), COLUMN_TYPES)
