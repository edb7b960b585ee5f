"""Which features put an enterprise nearer to its centroid than to the runner-up."""

from duckdb import DuckDBPyConnection, DuckDBPyRelation

from segmentation.learning.fitted_space import (
    join_category_weights,
    scale_features,
    squared_category_distances,
)
from segmentation.learning.fitting import FittedModel
from segmentation.sql_text import number, text

COLUMN_TYPES = {
    "enterprise_id": "varchar",
    "feature_position": "integer",
    "feature_name": "varchar",
    "contribution": "double",
}


def explain_labels(
    features: DuckDBPyRelation,
    *,
    labels: DuckDBPyRelation,
    model: FittedModel,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Split each enterprise's lead over the runner-up by feature.

    The lead is the squared distance to the runner-up's centroid less that to the
    own one. A squared Euclidean distance is a sum over the columns of the fitted
    space, so the lead is exactly the sum of

        (x[j] - r[j]) ** 2 - (x[j] - c[j]) ** 2

    with x the enterprise, c its own centroid and r the runner-up's. The columns of
    a categorical feature count as one. Nothing is approximated or sampled.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per enterprise, with ``enterprise_id`` and the model's features.
    labels : duckdb.DuckDBPyRelation
        One row per enterprise, with ``enterprise_id``, ``cluster_id`` and
        ``runner_up_cluster_id``.
    model : FittedModel
    connection : duckdb.DuckDBPyConnection
        The connection that both relations belong to.

    Returns
    -------
    duckdb.DuckDBPyRelation, n_enterprises * n_features rows
        Lazy. Columns ``enterprise_id``, ``feature_position`` (from 0: numeric
        features first, then categorical ones, in the model's order),
        ``feature_name`` and ``contribution``, in squared units of the fitted
        space: positive where the feature speaks for the own cluster, negative
        where it speaks for the runner-up. An unknown value counts as the fit
        imputed it.
    """
    names = [feature.name for feature in (*model.numeric, *model.categorical)]
    joined, category_terms = join_category_weights(
        _with_labels(scale_features(features, model=model), labels=labels),
        model=model,
        weights=squared_category_distances(model),
        connection=connection,
    )
    contributions = [
        _numeric_contribution(i, model=model) for i in range(len(model.numeric))
    ]
    contributions += [
        f"{_of_cluster('runner_up_cluster_id', terms)}"
        f" - {_of_cluster('own_cluster_id', terms)}"
        for terms in category_terms
    ]
    listed = joined.project(
        "enterprise_id, "
        f"unnest(range({len(names)})) as feature_position, "
        f"unnest([{', '.join(map(text, names))}]) as feature_name, "
        f"unnest([{', '.join(contributions)}]) as contribution"
    )
    return listed.project(
        ", ".join(
            f"cast({name} as {column_type}) as {name}"
            for name, column_type in COLUMN_TYPES.items()
        )
    )


def _with_labels(
    scaled: DuckDBPyRelation, *, labels: DuckDBPyRelation
) -> DuckDBPyRelation:
    own = labels.project(
        "enterprise_id, cluster_id as own_cluster_id, runner_up_cluster_id"
    )
    return scaled.set_alias("scaled").join(own.set_alias("own"), "enterprise_id")


def _numeric_contribution(feature: int, *, model: FittedModel) -> str:
    """(x - r) ** 2 - (x - c) ** 2 as a product, which cancels no digits."""
    coordinates = [number(centroid[feature]) for centroid in model.centroids]
    own = _of_cluster("own_cluster_id", coordinates)
    runner_up = _of_cluster("runner_up_cluster_id", coordinates)
    return f"({own} - {runner_up}) * (2 * scaled_{feature} - {own} - {runner_up})"


def _of_cluster(column: str, terms: list[str]) -> str:
    """Pick the term of the cluster that a column names."""
    cases = " ".join(f"when {i} then {term}" for i, term in enumerate(terms))
    return f"(case {column} {cases} end)"
