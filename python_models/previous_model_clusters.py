"""Label today's enterprises with the last published model."""

from segmentation.learning.labelling import COLUMN_TYPES, label_enterprises
from segmentation.learning.refitting import read_stored_model
from segmentation.learning.sampling import has_columns
from segmentation.learning.typed_table import empty_table


def model(dbt, session):
    features = dbt.ref("enterprise_features")
    last_fit = dbt.ref("int_last_fit").df()
    published_parameters = dbt.source("previous_publication", "fit_parameters")

    stored = read_stored_model(last_fit, published_parameters)
    if stored is None or not has_columns(features, settings=stored.model.settings):
        return empty_table(session, COLUMN_TYPES)
    return label_enterprises(features, model=stored.model, connection=session)
