"""The table of rows is the only form in which a fitted model is kept."""

import dataclasses

import duckdb
import numpy as np
import pytest
from planted_data import make_members, make_settings
from segmentation.learning.fitting import fit_model
from segmentation.learning.model_rows import (
    COLUMN_TYPES,
    model_from_rows,
    model_to_rows,
)
from segmentation.learning.settings import SCALINGS
from segmentation.typed_table import typed_table

AWKWARD_NAME = 'chiffre "net" d\'affaires {0} -- %s'
AWKWARD_KIND = f"kind of {AWKWARD_NAME}"


@pytest.mark.parametrize(
    ("count", "settings"),
    [
        *((150, {"scaling": scaling, "n_clusters": 12}) for scaling in SCALINGS),
        (150, {"categorical_features": ()}),
        (150, {"categorical_features": ("city_name", AWKWARD_KIND)}),
        (150, {"numeric_features": (AWKWARD_NAME, "followers_tiktok")}),
        # Each member a cluster: an unknown silhouette is unknown again.
        (4, {}),
    ],
)
def test_a_model_is_read_back_to_the_bit_from_rows_in_any_order(count, settings):
    """In everything but the labels, not only in what decides a label."""
    sample = make_members(count)
    sample[AWKWARD_NAME] = sample["followers_total"]
    sample[AWKWARD_KIND] = sample["category_name"]
    model = fit_model(sample, settings=make_settings(**settings))
    rows = model_to_rows(model, reason="drift")

    with duckdb.connect() as connection:
        table = typed_table(connection, rows, COLUMN_TYPES)
        read = (model_from_rows(rows), model_from_rows(table.order("random()").df()))

    for found in read:
        assert found.fingerprint() == model.fingerprint()
        for field in dataclasses.fields(model):
            if field.name != "labels":
                np.testing.assert_equal(
                    getattr(found, field.name), getattr(model, field.name), field.name
                )
