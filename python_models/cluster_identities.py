"""Match each cluster of the fit to the segment it stands for."""

from segmentation.identity import COLUMN_TYPES, identify_clusters
from segmentation.typed_table import empty_table, typed_table


def model(dbt, session):
    distance_limit = dbt.config.meta_get("identity_distance_limit")
    clusters = dbt.ref("int_clusters_summarised").df()
    known_segments = dbt.ref("int_segments_known").df()
    current_fit = dbt.ref("int_current_fit").df()

    if clusters.empty:
        return empty_table(session, COLUMN_TYPES)
    identities = identify_clusters(
        clusters,
        known_segments,
        fit_id=int(current_fit["fit_id"].iloc[0]),
        distance_limit=float(distance_limit),
    )
    return typed_table(session, identities, COLUMN_TYPES)
