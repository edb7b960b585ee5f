"""The contributions of the features are what sets two distances apart."""

import duckdb
import numpy as np
import pytest
from planted_data import fit_on, load_enterprises, make_enterprises, make_settings
from segmentation.learning.explaining import COLUMN_TYPES, explain_labels
from segmentation.learning.fitting import (
    CategoricalFeature,
    FittedModel,
    NumericFeature,
    fit_pipeline,
)
from segmentation.learning.labelling import label_enterprises
from segmentation.learning.sampling import read_fit_sample
from sklearn.metrics.pairwise import euclidean_distances

REPORT_SIZE = 421
SCALINGS = ["standard", "minmax", "robust", "none"]


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def make_model(centroids, *, center=0.0, scale=1.0):
    """Make a model by hand: a number x, imputed as 4, and a kind, bar or spa."""
    return FittedModel(
        settings=make_settings(
            numeric_features=("x",),
            categorical_features=("kind",),
            n_clusters=len(centroids),
        ),
        numeric=(NumericFeature(name="x", imputation=4.0, center=center, scale=scale),),
        categorical=(
            CategoricalFeature(
                name="kind", imputation="bar", categories=("bar", "spa")
            ),
        ),
        centroids=np.array(centroids, dtype=float),
        sample_count=len(centroids),
        inertia=0.0,
        silhouette=0.0,
    )


def explain_point(connection, x, kind, *, model, cluster_id=0, runner_up_cluster_id=1):
    """Explain one enterprise: feature name to contribution, in the order of rows."""
    features = connection.sql(
        f"select 'A' as enterprise_id, cast({x} as double) as x,"
        f" cast({kind} as varchar) as kind"
    )
    labels = connection.sql(
        f"select 'A' as enterprise_id, {cluster_id} as cluster_id,"
        f" {runner_up_cluster_id} as runner_up_cluster_id"
    )
    explained = explain_labels(
        features, labels=labels, model=model, connection=connection
    )
    rows = explained.order("feature_position").fetchall()
    return {feature_name: contribution for _, _, feature_name, contribution in rows}


def explain_everybody(connection, settings, *, fitted_on=None):
    """Fit on all enterprises, or on those that a filter keeps, and explain all.

    Returns the contributions, shape (n, n_features), the labels and the squared
    contributions by column of the fitted space that the pipeline gives.
    """
    everybody = load_enterprises(connection, make_enterprises(REPORT_SIZE))
    part = everybody.filter(fitted_on) if fitted_on else everybody
    pipeline, _ = fit_pipeline(
        read_fit_sample(part, settings=settings), settings=settings
    )
    model = fit_on(part, settings)
    labels = label_enterprises(everybody, model=model, connection=connection)
    explained = explain_labels(
        everybody, labels=labels, model=model, connection=connection
    )
    contributions = (
        explained.df()
        .pivot(index="enterprise_id", columns="feature_position", values="contribution")
        .sort_index()
    )
    labels = labels.df().set_index("enterprise_id").loc[contributions.index]
    sample = read_fit_sample(everybody, settings=settings)
    assert sample["enterprise_id"].tolist() == contributions.index.tolist()
    transformed = pipeline.named_steps["features"].transform(
        sample.drop(columns="enterprise_id")
    )
    return contributions.to_numpy(), labels, transformed, pipeline, model


@pytest.mark.parametrize(
    "categorical_features", [(), ("category_name",), ("category_name", "city_name")]
)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_contributions_sum_to_the_difference_of_the_squared_distances(
    connection, scaling, categorical_features
):
    settings = make_settings(scaling=scaling, categorical_features=categorical_features)

    contributions, labels, transformed, pipeline, _ = explain_everybody(
        connection, settings
    )

    centroids = pipeline.named_steps["clusters"].cluster_centers_
    squared = euclidean_distances(transformed, centroids, squared=True)
    everybody = np.arange(REPORT_SIZE)
    lead = (
        squared[everybody, labels["runner_up_cluster_id"]]
        - squared[everybody, labels["cluster_id"]]
    )
    assert contributions.shape == (REPORT_SIZE, 4 + len(categorical_features))
    tolerance = 1e-9 * max(1.0, squared.max())
    np.testing.assert_allclose(
        contributions.sum(axis=1), lead, rtol=1e-9, atol=tolerance
    )


@pytest.mark.parametrize(
    "fitted_on", [None, "city_name <> 'Nice' and category_name not like '%Zinc%'"]
)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_each_contribution_is_that_of_the_columns_of_its_feature(
    connection, scaling, fitted_on
):
    """Also where the fit has not seen a category: all columns of its block are 0."""
    settings = make_settings(
        scaling=scaling, categorical_features=("category_name", "city_name")
    )

    contributions, labels, transformed, pipeline, model = explain_everybody(
        connection, settings, fitted_on=fitted_on
    )

    centroids = pipeline.named_steps["clusters"].cluster_centers_
    by_column = (transformed - centroids[labels["runner_up_cluster_id"]]) ** 2 - (
        transformed - centroids[labels["cluster_id"]]
    ) ** 2
    owners = [feature for feature, _ in model.columns()]
    names = settings.numeric_features + settings.categorical_features
    for position, name in enumerate(names):
        columns = [i for i, owner in enumerate(owners) if owner == name]
        np.testing.assert_allclose(
            contributions[:, position],
            by_column[:, columns].sum(axis=1),
            rtol=1e-9,
            atol=1e-9 * max(1.0, np.abs(by_column).max()),
        )


def test_contributions_are_those_computed_by_hand(connection):
    # Columns x, bar, spa. The point lies at x = 1 and bar = 1.
    model = make_model([[0, 1, 0], [4, 0.25, 0.75]])

    contributions = explain_point(connection, 1, "'bar'", model=model)

    assert contributions == {
        "x": pytest.approx((1 - 4) ** 2 - (1 - 0) ** 2),
        "kind": pytest.approx((0.75**2 + 0.75**2) - 0),
    }


def test_a_contribution_is_counted_in_the_scaled_unit(connection):
    # (14 - 10) / 2 = 2 lies 2 from the own centroid and 3 from the runner-up's.
    model = make_model([[0, 0, 0], [5, 0, 0]], center=10.0, scale=2.0)

    assert explain_point(connection, 14, "'bar'", model=model)["x"] == 3**2 - 2**2


def test_a_category_that_the_fit_has_not_seen_lies_at_0_in_all_columns(connection):
    model = make_model([[0, 0.5, 0.5], [0, 1, 0]])

    contributions = explain_point(connection, 0, "'zoo'", model=model)

    assert contributions["kind"] == pytest.approx(1 - (0.25 + 0.25))


def test_an_unknown_value_contributes_what_the_fit_imputed(connection):
    model = make_model([[3, 1, 0], [9, 0, 1]])

    unknown = explain_point(connection, "null", "null", model=model)

    assert unknown == explain_point(connection, 4, "'bar'", model=model)
    assert unknown["x"] == 5**2 - 1**2


def test_a_feature_may_speak_for_the_runner_up(connection):
    model = make_model([[0, 1, 0], [2, 0, 1]])

    contributions = explain_point(connection, 2, "'bar'", model=model)

    assert contributions == {"x": -4, "kind": 2}


def test_the_runner_up_is_the_one_that_the_label_names(connection):
    model = make_model([[0, 0, 0], [5, 0, 0], [3, 0, 0]])

    contributions = explain_point(
        connection, 3, "'bar'", model=model, cluster_id=2, runner_up_cluster_id=1
    )

    assert contributions["x"] == 2**2


def test_features_come_in_the_order_of_the_model(connection):
    contributions = explain_point(
        connection, 1, "'spa'", model=make_model([[0, 1, 0], [4, 0, 1]])
    )

    assert list(contributions) == ["x", "kind"]


def test_contributions_are_a_lazy_relation_with_the_promised_columns_and_types(
    connection,
):
    """Lazy: dbt writes it into a table, and no row passes through pandas."""
    features = load_enterprises(connection, make_enterprises(50))
    model = fit_on(features, make_settings())
    labels = label_enterprises(features, model=model, connection=connection)

    explained = explain_labels(
        features, labels=labels, model=model, connection=connection
    )

    assert isinstance(explained, duckdb.DuckDBPyRelation)
    assert explained.columns == list(COLUMN_TYPES)
    assert [str(type_).lower() for type_ in explained.types] == list(
        COLUMN_TYPES.values()
    )
    # Read when the relation is, not when it was made: 10 enterprises, 5 features.
    connection.execute("delete from enterprise_features where enterprise_id > 'e0009'")
    assert len(explained.fetchall()) == 10 * 5
