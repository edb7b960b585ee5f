"""The table of rows is the only form in which a fitted model is kept."""

import dataclasses

import duckdb
import numpy as np
import pytest
from planted_data import fit_on, load_enterprises, make_enterprises, make_settings
from segmentation.learning.fitting import fit_model
from segmentation.learning.labelling import label_enterprises
from segmentation.learning.model_rows import (
    COLUMN_TYPES,
    model_from_rows,
    model_to_rows,
)
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.typed_table import typed_table

AWKWARD_NAME = 'chiffre "net" d\'affaires {0} -- %s'


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def assert_same_model(actual, expected):
    """Equal to the bit in everything, not only in what decides a label."""
    assert actual.fingerprint() == expected.fingerprint()
    for field in dataclasses.fields(expected):
        np.testing.assert_equal(
            getattr(actual, field.name), getattr(expected, field.name), field.name
        )


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
@pytest.mark.parametrize(
    "categorical_features", [(), ("category_name",), ("city_name", "category_name")]
)
def test_a_model_is_read_back_to_the_bit_from_rows_in_any_order(
    connection, scaling, categorical_features
):
    settings = make_settings(
        scaling=scaling, categorical_features=categorical_features, n_clusters=12
    )
    model = fit_on(load_enterprises(connection, make_enterprises(150)), settings)

    rows = model_to_rows(model, reason="drift")

    assert_same_model(model_from_rows(rows), model)
    shuffled = rows.sample(frac=1, random_state=5)
    assert_same_model(model_from_rows(shuffled), model)


def test_a_model_is_read_back_to_the_bit_from_a_table_of_the_engine(connection):
    model = fit_on(load_enterprises(connection, make_enterprises(150)), make_settings())

    typed_table(connection, model_to_rows(model, reason="drift"), COLUMN_TYPES).create(
        "kmeans_model"
    )
    rows = connection.table("kmeans_model").order("random()").df()

    assert_same_model(model_from_rows(rows), model)


def test_an_unknown_silhouette_is_null_in_the_table_and_unknown_again_after_it(
    connection,
):
    settings = make_settings()
    features = load_enterprises(connection, make_enterprises(4))
    model = fit_on(features, settings)

    typed_table(connection, model_to_rows(model, reason="drift"), COLUMN_TYPES).create(
        "kmeans_model"
    )
    table = connection.table("kmeans_model")

    assert table.filter("parameter = 'silhouette'").project("value").fetchall() == [
        (None,)
    ]
    assert_same_model(model_from_rows(table.df()), model)


def test_a_feature_name_with_quotes_is_a_name_like_any_other(connection):
    table = load_enterprises(connection, make_enterprises(60))
    quoted = AWKWARD_NAME.replace('"', '""')
    features = table.project(
        f'*, followers_total as "{quoted}", category_name as "kind of {quoted}"'
    )
    settings = make_settings(
        numeric_features=(AWKWARD_NAME, "followers_tiktok"),
        categorical_features=(f"kind of {AWKWARD_NAME}",),
    )
    plain = make_settings(numeric_features=("followers_total", "followers_tiktok"))

    sample = read_fit_sample(features, settings=settings)
    model = fit_model(sample, settings=settings)
    typed_table(connection, model_to_rows(model, reason="drift"), COLUMN_TYPES).create(
        "kmeans_model"
    )
    again = model_from_rows(connection.table("kmeans_model").df())

    assert_same_model(again, model)
    by_plain_names = label_enterprises(
        table, model=fit_on(table, plain), connection=connection
    )
    labels = label_enterprises(features, model=again, connection=connection)
    assert sorted(labels.fetchall()) == sorted(by_plain_names.fetchall())
