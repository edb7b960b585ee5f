"""Place every active enterprise on the axes of the principal components."""

from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.projection import (
    COORDINATE_COLUMN_TYPES,
    project_enterprises,
    projection_from_rows,
)
from segmentation.learning.typed_table import empty_table


def model(dbt, session):
    features = dbt.ref("enterprise_features")
    model_rows = dbt.ref("kmeans_model").df()
    projection_rows = dbt.ref("pca_model").df()

    if projection_rows.empty:
        return empty_table(session, COORDINATE_COLUMN_TYPES)
    return project_enterprises(
        features,
        model=model_from_rows(model_rows),
        projection=projection_from_rows(projection_rows),
        connection=session,
    )
