"""Label every active enterprise with its nearest centroid."""

from segmentation.learning.labelling import COLUMN_TYPES, label_enterprises
from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.typed_table import empty_table


def model(dbt, session):
    features = dbt.ref("enterprise_features")
    model_rows = dbt.ref("kmeans_model").df()

    if model_rows.empty:
        return empty_table(session, COLUMN_TYPES)
    return label_enterprises(
        features, model=model_from_rows(model_rows), connection=session
    )
