"""Which enterprises a model is fitted on depends on nothing but their keys."""

import hashlib

import duckdb
import pytest
from planted_data import load_enterprises, make_enterprises, make_settings
from segmentation.errors import SegmentationError
from segmentation.learning.sampling import read_fit_sample


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def sampled_keys(connection, table, *, size):
    features = load_enterprises(connection, table)
    settings = make_settings(fit_sample_size=size)
    return list(read_fit_sample(features, settings=settings)["enterprise_id"])


def test_the_sample_is_the_keys_with_the_smallest_md5_in_the_order_of_the_key(
    connection,
):
    table = make_enterprises(200)
    by_md5 = sorted(
        table["enterprise_id"], key=lambda key: hashlib.md5(key.encode()).hexdigest()
    )

    assert sampled_keys(connection, table, size=50) == sorted(by_md5[:50])


def test_the_sample_does_not_depend_on_the_order_of_rows(connection):
    table = make_enterprises(200)
    shuffled = table.sample(frac=1, random_state=3)

    assert sampled_keys(connection, shuffled, size=50) == sampled_keys(
        connection, table, size=50
    )


def test_new_enterprises_join_the_sample_but_bring_no_other_old_one_into_it(connection):
    """Else a fit would change because of who was drawn, not because of who is new."""
    everybody = make_enterprises(200)
    before = set(sampled_keys(connection, everybody.head(150), size=50))
    after = set(sampled_keys(connection, everybody, size=50))

    added = set(everybody["enterprise_id"].tail(50))
    assert after - added <= before
    assert len(after) == 50
    assert after & added


def test_all_enterprises_are_taken_when_they_are_fewer_than_the_sample_size(connection):
    assert len(sampled_keys(connection, make_enterprises(30), size=50)) == 30


def test_an_unknown_number_is_nan_and_an_unknown_text_is_none(connection):
    """SimpleImputer replaces these two; it would take a NULL of pandas for a value."""
    features = connection.sql(
        "select * from (values"
        " ('a', 12.5::decimal(18, 2), 9007199254740993, 'bar'),"
        " ('b', null, null, null),"
        " ('c', 0.1::decimal(18, 2), -3, 'café')"
        ") as rows (enterprise_id, turnover_eur, followers_total, category_name)"
    )
    settings = make_settings(numeric_features=("turnover_eur", "followers_total"))

    sample = read_fit_sample(features, settings=settings)

    assert list(sample.columns) == [
        "enterprise_id",
        "turnover_eur",
        "followers_total",
        "category_name",
    ]
    assert sample["turnover_eur"].dtype == sample["followers_total"].dtype == "float64"
    assert sample["turnover_eur"].fillna(-1).tolist() == [12.5, -1, 0.1]
    assert sample["followers_total"].fillna(-1).tolist() == [float(2**53), -1, -3]
    assert sample["category_name"].tolist() == ["bar", None, "café"]


def test_a_column_name_may_hold_quotes_and_spaces(connection):
    name = 'chiffre "net" d\'affaires'
    features = connection.sql("select 'a' as enterprise_id, 5 as followers_total")
    features = features.project(
        'enterprise_id, followers_total as "chiffre ""net"" d\'affaires"'
    )
    settings = make_settings(numeric_features=(name,), categorical_features=())

    assert read_fit_sample(features, settings=settings)[name].tolist() == [5.0]


@pytest.mark.parametrize("kind", ["numeric_features", "categorical_features"])
def test_a_feature_that_is_no_column_is_refused_with_the_columns_there_are(
    connection, kind
):
    features = load_enterprises(connection, make_enterprises(5))
    settings = make_settings(**{kind: ("folowers_total",)})

    with pytest.raises(SegmentationError) as refusal:
        read_fit_sample(features, settings=settings)

    assert "'folowers_total' is not a column" in str(refusal.value)
    assert "enterprise_id, followers_total," in str(refusal.value)


@pytest.mark.parametrize("type_", ["varchar", "date", "timestamp"])
def test_a_numeric_feature_that_is_no_number_is_refused_with_its_type(
    connection, type_
):
    features = connection.sql(
        f"select 'a' as enterprise_id, cast(null as {type_}) as opened, 'b' as category"
    )
    settings = make_settings(
        numeric_features=("opened",), categorical_features=("category",)
    )

    with pytest.raises(SegmentationError) as refusal:
        read_fit_sample(features, settings=settings)

    assert f"'opened' is of type {type_.upper()}" in str(refusal.value)
    assert "categorical_features" in str(refusal.value)
