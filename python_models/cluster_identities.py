"""Match each cluster of the model to the segment it stands for."""

from segmentation.learning.identity import (
    COLUMN_TYPES,
    identify_clusters,
    keep_identities,
)
from segmentation.learning.typed_table import empty_table, typed_table


def model(dbt, session):
    distance_limit = dbt.config.meta_get("identity_distance_limit")
    clusters = dbt.ref("int_clusters_summarised").df()
    known_segments = dbt.ref("int_segments_known").df()
    shared_members = dbt.ref("int_members_shared").df()
    current_fit = dbt.ref("int_current_fit").df()
    published_identities = dbt.source("previous_publication", "fit_clusters").df()

    if clusters.empty:
        return empty_table(session, COLUMN_TYPES)
    fit_id = int(current_fit["fit_id"].iloc[0])
    if not current_fit["is_new_fit"].iloc[0]:
        identities = keep_identities(published_identities, fit_id=fit_id)
    else:
        identities = identify_clusters(
            clusters,
            known_segments,
            shared_members,
            fit_id=fit_id,
            distance_limit=float(distance_limit),
        )
    return typed_table(session, identities, COLUMN_TYPES)
