"""Labels computed in the engine are those of the fitted pipeline, row for row."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest
import segmentation
from planted_data import (
    fit_on,
    load_enterprises,
    make_enterprises,
    make_settings,
)
from segmentation.learning.fitting import (
    CategoricalFeature,
    FittedModel,
    NumericFeature,
    fit_pipeline,
)
from segmentation.learning.labelling import COLUMN_TYPES, label_enterprises
from segmentation.learning.model_rows import COLUMN_TYPES as MODEL_COLUMN_TYPES
from segmentation.learning.model_rows import model_to_rows
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.typed_table import typed_table
from segmentation.sql_text import number

REPORT_SIZE = 421
SCALINGS = ["standard", "minmax", "robust", "none"]


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def make_model(centroids, *, categories=()):
    """Make a model by hand on one number x, unscaled, with 0 for an unknown one."""
    categorical = ()
    if categories:
        categorical = (
            CategoricalFeature(
                name="kind", imputation=categories[0], categories=tuple(categories)
            ),
        )
    return FittedModel(
        settings=make_settings(
            numeric_features=("x",),
            categorical_features=("kind",) if categories else (),
            n_clusters=len(centroids),
            scaling="none",
        ),
        numeric=(NumericFeature(name="x", imputation=0.0, center=0.0, scale=1.0),),
        categorical=categorical,
        centroids=np.array(centroids, dtype=float),
        sample_count=len(centroids),
        inertia=0.0,
        silhouette=0.0,
    )


def label_points(connection, points, model):
    """Label rows of (x, kind)."""
    rows = ", ".join(
        f"('{i:02d}', cast({x} as double), cast({kind} as varchar))"
        for i, (x, kind) in enumerate(points)
    )
    features = connection.sql(
        f"select * from (values {rows}) as points (enterprise_id, x, kind)"
    )
    labels = label_enterprises(features, model=model, connection=connection)
    return labels.order("enterprise_id").fetchall()


def assert_labels_are_those_of_the_pipeline(labels, features, pipeline):
    """Compare data frames with one row per enterprise, both in the order of keys."""
    expected = pipeline.predict(features.drop(columns="enterprise_id"))
    distances = pipeline.transform(features.drop(columns="enterprise_id"))
    ranked = np.argsort(distances, axis=1, kind="stable")
    nearest, runner_up = np.sort(distances, axis=1)[:, :2].T

    assert labels["enterprise_id"].tolist() == features["enterprise_id"].tolist()
    assert labels["cluster_id"].tolist() == expected.tolist()
    assert labels["runner_up_cluster_id"].tolist() == ranked[:, 1].tolist()
    # scikit-learn expands the square: near 0 it keeps half of the digits.
    scale = max(1.0, float(np.abs(distances).max()))
    tolerance = {"rtol": 1e-7, "atol": 1e-7 * scale}
    np.testing.assert_allclose(labels["distance_to_centroid"], nearest, **tolerance)
    np.testing.assert_allclose(labels["runner_up_distance"], runner_up, **tolerance)
    assert labels["assignment_margin"].between(0, 1).all()
    np.testing.assert_allclose(
        labels["assignment_margin"],
        (runner_up - nearest) / (runner_up + nearest),
        atol=1e-6,
    )


def assert_engine_agrees_with_pipeline(connection, settings, *, fitted_on=None):
    """Fit on all enterprises, or on those that a filter keeps, and label all."""
    everybody = load_enterprises(connection, make_enterprises(REPORT_SIZE))
    part = everybody.filter(fitted_on) if fitted_on else everybody
    sample = read_fit_sample(part, settings=settings)
    pipeline, _ = fit_pipeline(sample, settings=settings)
    model = fit_on(part, settings)

    labels = label_enterprises(everybody, model=model, connection=connection)

    assert_labels_are_those_of_the_pipeline(
        labels.order("enterprise_id").df(),
        read_fit_sample(everybody, settings=settings),
        pipeline,
    )
    return model


@pytest.mark.parametrize(
    "categorical_features", [(), ("category_name",), ("category_name", "city_name")]
)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_labels_equal_the_pipeline_with_unknown_values_and_awkward_texts(
    connection, scaling, categorical_features
):
    settings = make_settings(scaling=scaling, categorical_features=categorical_features)

    assert_engine_agrees_with_pipeline(connection, settings)


@pytest.mark.parametrize("n_clusters", range(2, 13))
def test_labels_equal_the_pipeline_for_any_number_of_clusters(connection, n_clusters):
    model = assert_engine_agrees_with_pipeline(
        connection, make_settings(n_clusters=n_clusters)
    )

    # In generated SQL two minus signs in a row would start a comment.
    assert (model.centroids < 0).any()


@pytest.mark.parametrize("scaling", SCALINGS)
def test_labels_equal_the_pipeline_for_categories_that_the_fit_has_not_seen(
    connection, scaling
):
    settings = make_settings(
        scaling=scaling, categorical_features=("category_name", "city_name")
    )
    seen = "city_name <> 'Nice' and category_name not like '%Zinc%'"

    model = assert_engine_agrees_with_pipeline(connection, settings, fitted_on=seen)

    assert "Nice" not in model.categorical[1].categories


def test_distances_and_margin_are_those_computed_by_hand(connection):
    # Centroids (x, bar, spa); 'zoo' is neither, so both of its columns are 0.
    model = make_model([[0, 1, 0], [4, 0, 1]], categories=("bar", "spa"))
    points = [(1, "'bar'"), (1, "'spa'"), (1, "'zoo'"), ("null", "null")]

    labels = label_points(connection, points, model)

    squares = [(1, 9 + 2), (1 + 2, 9), (1 + 1, 9 + 1), (0, 16 + 2)]
    for label, square, cluster_id in zip(labels, squares, [0, 0, 0, 0], strict=True):
        nearest, runner_up = np.sqrt(square)
        assert label[1] == cluster_id
        assert label[2] == pytest.approx(nearest)
        assert label[3] == 1 - cluster_id
        assert label[4] == pytest.approx(runner_up)
        assert label[5] == pytest.approx((runner_up - nearest) / (runner_up + nearest))


def test_an_unknown_category_stands_for_one_with_an_apostrophe_in_it(connection):
    model = make_model([[0, 0, 1], [0, 1, 0]], categories=("l'art", "spa"))

    ((_, cluster_id, distance, *_),) = label_points(connection, [(0, "null")], model)

    assert (cluster_id, distance) == (1, 0)


@pytest.mark.parametrize(
    "value", [0.1 + 0.2, -0.1, 1e-300, -1e300, 2.0**53, np.nextafter(1, 2), 1 / 3]
)
def test_a_number_in_generated_sql_is_read_to_the_bit(connection, value):
    """Written plainly, DuckDB would take 0.1 for a decimal and round with it."""
    ((read,),) = connection.sql(f"select 0-{number(value)}").fetchall()

    assert isinstance(read, float)
    assert read == -value


@pytest.mark.parametrize("x", [0, 5, 7])
def test_a_tie_goes_to_the_smaller_cluster_number_with_margin_0(connection, x):
    """0 lies on two equal centroids, 5 off them, 7 half-way between two others."""
    centroids = {0: [[90], [0], [0]], 5: [[90], [0], [0]], 7: [[90], [10], [4]]}[x]

    ((_, cluster_id, nearest, runner_up_id, runner_up, margin),) = label_points(
        connection, [(x, "null")], make_model(centroids)
    )

    assert (cluster_id, runner_up_id) == (1, 2)
    assert nearest == runner_up
    assert margin == 0


def test_an_enterprise_on_its_centroid_has_distance_0_and_margin_1(connection):
    ((*_, margin),) = label_points(
        connection, [(4, "null")], make_model([[-3.5], [4.0]])
    )

    assert margin == 1


def test_no_enterprises_give_no_labels(connection):
    features = load_enterprises(connection, make_enterprises(50))
    model = fit_on(features, make_settings())

    labels = label_enterprises(features.limit(0), model=model, connection=connection)

    assert labels.fetchall() == []


def test_labels_are_a_lazy_relation_with_the_promised_columns_and_types(connection):
    """Lazy: dbt writes it into a table, and no row passes through pandas."""
    features = load_enterprises(connection, make_enterprises(50))
    model = fit_on(features, make_settings())

    labels = label_enterprises(features, model=model, connection=connection)

    assert isinstance(labels, duckdb.DuckDBPyRelation)
    assert labels.columns == list(COLUMN_TYPES)
    assert [str(type_).lower() for type_ in labels.types] == list(COLUMN_TYPES.values())
    # Read when the relation is, not when it was made.
    connection.execute("delete from enterprise_features where enterprise_id > 'e0009'")
    assert len(labels.fetchall()) == 10


def test_a_number_that_is_nan_is_labelled_as_an_unknown_one(connection):
    model = make_model([[0.0], [100.0]])

    ((*_, margin),) = label_points(connection, [("'nan'", "null")], model)

    assert margin == 1


MILLION = 1_000_000
CHUNK = 100_000
# Every column a function of the row's number, so that the engine makes the rows.
MILLION_ENTERPRISES = f"""
create table enterprise_features as
with numbers as (
    select
        range as i,
        floor(exp(12 * ((range * 7919) % 100003) / 100003)) as facebook,
        floor(exp(11 * ((range * 104729) % 100019) / 100019)) as instagram,
        floor(exp(10 * ((range * 15485863) % 100043) / 100043)) as tiktok
    from range({MILLION})
)
select
    'e' || lpad(cast(i as varchar), 7, '0') as enterprise_id,
    cast(facebook + instagram + tiktok as bigint) as followers_total,
    cast(case when i % 11 <> 0 then facebook end as bigint) as followers_facebook,
    cast(case when i % 13 <> 0 then instagram end as bigint) as followers_instagram,
    cast(case when i % 17 <> 0 then tiktok end as bigint) as followers_tiktok,
    case when i % 19 <> 0 then 'catégorie ' || (i * 31 % 40) end as category_name
from numbers
"""
# What the dbt model does and nothing else: read the model, label, write the table.
LABEL_ONLY = """
import resource, sys
import duckdb
from segmentation.learning.labelling import label_enterprises
from segmentation.learning.model_rows import model_from_rows

with duckdb.connect(sys.argv[1]) as connection:
    model = model_from_rows(connection.table("kmeans_model").df())
    features = connection.table("enterprise_features")
    label_enterprises(features, model=model, connection=connection).create("labels")
unit = 1 if sys.platform == "darwin" else 1024
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
"""


@pytest.mark.slow
def test_a_million_enterprises_are_labelled_as_the_pipeline_does_within_memory(
    tmp_path,
):
    """Enterprises stream by: memory is bounded by the engine, not by their number.

    The limit of 1.5 GB is what a laptop can spare; a table in pandas would take more.
    """
    database = tmp_path / "enterprises.duckdb"
    settings = make_settings(fit_sample_size=5_000, n_init=3)
    with duckdb.connect(database) as connection:
        connection.execute(MILLION_ENTERPRISES)
        features = connection.table("enterprise_features")
        sample = read_fit_sample(features, settings=settings)
        pipeline, _ = fit_pipeline(sample, settings=settings)
        rows = model_to_rows(fit_on(features, settings), reason="first_fit")
        typed_table(connection, rows, MODEL_COLUMN_TYPES).create("kmeans_model")

    package = str(Path(segmentation.__file__).parents[1])
    finished = subprocess.run(
        [sys.executable, "-c", LABEL_ONLY, str(database)],
        env={**os.environ, "PYTHONPATH": package},
        capture_output=True,
        text=True,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert int(finished.stdout) < 1.5e9
    everyone = make_settings(fit_sample_size=MILLION)
    with duckdb.connect(database, read_only=True) as connection:
        assert connection.table("labels").count("*").fetchall() == [(MILLION,)]
        for start in range(0, MILLION, CHUNK):
            chunk = (
                f"enterprise_id between 'e{start:07d}' and 'e{start + CHUNK - 1:07d}'"
            )
            assert_labels_are_those_of_the_pipeline(
                connection.table("labels").filter(chunk).order("enterprise_id").df(),
                read_fit_sample(
                    connection.table("enterprise_features").filter(chunk),
                    settings=everyone,
                ),
                pipeline,
            )
