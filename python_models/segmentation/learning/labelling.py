"""Label every enterprise with its nearest centroid, in the database engine."""

from duckdb import DuckDBPyConnection, DuckDBPyRelation

from segmentation.learning.fitted_space import (
    join_category_weights,
    scale_features,
    squared_category_distances,
)
from segmentation.learning.fitting import FittedModel
from segmentation.sql_text import number

COLUMN_TYPES = {
    "enterprise_id": "varchar",
    "cluster_id": "integer",
    "distance_to_centroid": "double",
    "runner_up_cluster_id": "integer",
    "runner_up_distance": "double",
    "assignment_margin": "double",
}


def label_enterprises(
    features: DuckDBPyRelation,
    *,
    model: FittedModel,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Find the nearest and the second nearest centroid of every enterprise.

    Same labels as ``Pipeline.predict``: Euclidean distance in the fitted space, a
    tie goes to the smaller cluster number.

    Parameters
    ----------
    features : duckdb.DuckDBPyRelation
        One row per enterprise, with ``enterprise_id`` and the model's features.
    model : FittedModel
    connection : duckdb.DuckDBPyConnection
        The connection that ``features`` belongs to.

    Returns
    -------
    duckdb.DuckDBPyRelation
        Lazy. Columns ``enterprise_id``, ``cluster_id``, ``distance_to_centroid``,
        ``runner_up_cluster_id``, ``runner_up_distance`` and ``assignment_margin``
        = (runner-up distance - distance) / (runner-up distance + distance), 0 when
        both are 0.
    """
    clusters = range(len(model.centroids))

    def listed(template: str, separator: str = ", ") -> str:
        return separator.join(template.format(cluster) for cluster in clusters)

    nearest = _squared_distances(features, model=model, connection=connection).project(
        f"*, least({listed('squared_{}')}) as nearest_squared, "
        f"case least({listed('squared_{}')}) "
        f"{listed('when squared_{0} then {0}', ' ')} end as cluster_id"
    )
    # least() skips NULL, so blanking the nearest leaves the runner-up.
    others = nearest.project(
        "enterprise_id, cluster_id, nearest_squared, "
        + listed("case when cluster_id <> {0} then squared_{0} end as other_{0}")
    )
    distances = others.project(
        "enterprise_id, cluster_id, "
        f"case least({listed('other_{}')}) "
        f"{listed('when other_{0} then {0}', ' ')} end as runner_up_cluster_id, "
        "sqrt(greatest(nearest_squared, 0)) as distance, "
        f"sqrt(greatest(least({listed('other_{}')}), 0)) as runner_up_distance"
    )
    return distances.project(
        "enterprise_id, "
        "cast(cluster_id as integer) as cluster_id, "
        "cast(distance as double) as distance_to_centroid, "
        "cast(runner_up_cluster_id as integer) as runner_up_cluster_id, "
        "cast(runner_up_distance as double) as runner_up_distance, "
        "cast(coalesce((runner_up_distance - distance) "
        "/ nullif(runner_up_distance + distance, 0), 0) as double) "
        "as assignment_margin"
    )


def _squared_distances(
    features: DuckDBPyRelation,
    *,
    model: FittedModel,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Squared distance of every enterprise to centroid c, as column squared_<c>."""
    joined, category_terms = join_category_weights(
        scale_features(features, model=model),
        model=model,
        weights=squared_category_distances(model),
        connection=connection,
    )
    columns = []
    for cluster, centroid in enumerate(model.centroids):
        terms = [
            f"power(scaled_{i} - {number(centroid[i])}, 2)"
            for i in range(len(model.numeric))
        ]
        terms += [of_feature[cluster] for of_feature in category_terms]
        columns.append(f"{' + '.join(terms)} as squared_{cluster}")
    return joined.project(", ".join(["enterprise_id", *columns]))
