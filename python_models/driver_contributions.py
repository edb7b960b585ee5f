"""Split every enterprise's lead over the runner-up cluster by feature."""

from segmentation.learning.explaining import COLUMN_TYPES, explain_labels
from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.typed_table import empty_table


def model(dbt, session):
    features = dbt.ref("enterprise_features")
    labels = dbt.ref("enterprise_clusters")
    model_rows = dbt.ref("kmeans_model").df()

    if model_rows.empty:
        return empty_table(session, COLUMN_TYPES)
    return explain_labels(
        features,
        labels=labels,
        model=model_from_rows(model_rows),
        connection=session,
    )
