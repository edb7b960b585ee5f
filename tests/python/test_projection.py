"""The map of the enterprises: principal components with a fixed sign."""

import duckdb
import numpy as np
import pytest
from planted_data import fit_on, load_enterprises, make_enterprises, make_settings
from segmentation import fitted_space
from segmentation.fitted_space import transform_sample
from segmentation.projection import (
    COORDINATE_COLUMN_TYPES,
    PROJECTION_COLUMN_TYPES,
    fit_projection,
    project_enterprises,
    projection_from_rows,
    projection_to_rows,
)
from segmentation.sampling import read_fit_sample
from segmentation.typed_table import typed_table
from sklearn.decomposition import PCA

TWO_NUMBERS = make_settings(
    numeric_features=("x", "y"), categorical_features=(), n_clusters=2, scaling="none"
)


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def load_points(connection, points):
    rows = ", ".join(
        f"('{i:03d}', {float(x)}, {float(y)})" for i, (x, y) in enumerate(points)
    )
    return connection.sql(
        f"select * from (values {rows}) as points (enterprise_id, x, y)"
    )


def project(connection, features, settings):
    """Sample, model and projection of a fit."""
    model = fit_on(features, settings)
    sample = read_fit_sample(features, settings=settings)
    return sample, model, fit_projection(sample, model=model)


def test_points_on_a_line_have_that_line_as_their_first_component(connection):
    # On the line through (5, 2) with direction (4, 3) / 5, at -10, -5, 5 and 10 from
    # its middle, and one pair of points at right angles, 1 off it.
    middle, along, across = (5.0, 2.0), (0.8, 0.6), (-0.6, 0.8)
    places = [(-10, 0), (-5, 0), (5, 0), (10, 0), (0, 1), (0, -1)]
    points = [
        tuple(m + a * s + b * t for m, a, b in zip(middle, along, across, strict=True))
        for s, t in places
    ]
    features = load_points(connection, points)

    _, model, projection = project(connection, features, TWO_NUMBERS)
    coordinates = project_enterprises(
        features, model=model, projection=projection, connection=connection
    )

    # Each component's largest entry is positive: 0.8 in both.
    np.testing.assert_allclose(projection.loadings, [along, across], atol=1e-12)
    np.testing.assert_allclose(projection.mean, middle)
    np.testing.assert_allclose(
        projection.explained_variance_ratio, [250 / 252, 2 / 252]
    )
    np.testing.assert_allclose(
        [row[1:] for row in coordinates.order("enterprise_id").fetchall()],
        places,
        atol=1e-12,
    )


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
def test_components_are_those_of_scikit_learn_up_to_the_sign(connection, scaling):
    features = load_enterprises(connection, make_enterprises(200))
    settings = make_settings(scaling=scaling)

    sample, model, projection = project(connection, features, settings)
    expected = PCA(n_components=2).fit(transform_sample(sample, model=model))

    np.testing.assert_allclose(
        np.abs(projection.loadings), np.abs(expected.components_), atol=1e-7
    )
    np.testing.assert_allclose(projection.mean, expected.mean_)
    np.testing.assert_allclose(
        projection.explained_variance_ratio, expected.explained_variance_ratio_
    )


def test_a_sparse_table_has_the_components_of_the_dense_one(connection, monkeypatch):
    features = load_enterprises(connection, make_enterprises(200))
    sample, model, dense = project(connection, features, make_settings())

    monkeypatch.setattr(fitted_space, "DENSE_CELL_LIMIT", 0)
    sparse = fit_projection(sample, model=model)

    np.testing.assert_allclose(sparse.loadings, dense.loadings, atol=1e-7)
    np.testing.assert_allclose(sparse.mean, dense.mean)


def test_the_map_is_the_same_for_mirrored_data_and_for_rows_in_any_order(connection):
    """An account manager must find a client where it was on the last chart."""
    random = np.random.default_rng(0)
    points = random.normal(size=(50, 2)) @ [[5.0, 1.0], [0.0, 2.0]]

    expected = project(connection, load_points(connection, points), TWO_NUMBERS)[2]

    for changed in (-points, points[::-1], random.permutation(points)):
        features = load_points(connection, changed)
        loadings = project(connection, features, TWO_NUMBERS)[2].loadings
        np.testing.assert_allclose(loadings, expected.loadings, atol=1e-12)
        strongest = np.abs(loadings).argmax(axis=1)
        assert (loadings[[0, 1], strongest] > 0).all()


def test_the_map_does_not_flip_where_two_entries_are_equally_large(connection):
    """Two standardised features always have components of equal entries."""
    random = np.random.default_rng(0)
    points = random.normal(size=(60, 2)) @ [[1.0, 0.5], [0.0, 1.0]]
    settings = make_settings(
        numeric_features=("x", "y"), categorical_features=(), n_clusters=2
    )

    signs = set()
    for _ in range(12):
        features = load_points(connection, random.permutation(points))
        loadings = project(connection, features, settings)[2].loadings
        signs.add(tuple(np.sign(loadings).ravel()))

    assert len(signs) == 1


def test_one_feature_alone_has_a_map_too(connection):
    """One numeric feature is what the settings ask for at the least."""
    settings = make_settings(
        numeric_features=("x",), categorical_features=(), n_clusters=2
    )
    features = load_points(connection, [(0, 0), (1, 0), (8, 0), (9, 0)])

    project(connection, features, settings)


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
def test_coordinates_in_the_engine_are_those_of_the_transformed_sample(
    connection, scaling
):
    """Also for enterprises with a category that the fit has not seen."""
    everybody = load_enterprises(connection, make_enterprises(200))
    settings = make_settings(
        scaling=scaling, categorical_features=("category_name", "city_name")
    )
    seen = everybody.filter("city_name <> 'Nice'")
    _, model, projection = project(connection, seen, settings)

    coordinates = project_enterprises(
        everybody, model=model, projection=projection, connection=connection
    )

    assert isinstance(coordinates, duckdb.DuckDBPyRelation)
    assert coordinates.columns == list(COORDINATE_COLUMN_TYPES)
    sample = read_fit_sample(everybody, settings=settings)
    transformed = transform_sample(sample, model=model)
    expected = (transformed - projection.mean) @ projection.loadings.T
    actual = coordinates.order("enterprise_id").df()
    assert actual["enterprise_id"].tolist() == sample["enterprise_id"].tolist()
    np.testing.assert_allclose(
        actual[["pca_x", "pca_y"]], expected, atol=1e-12 * np.abs(expected).max()
    )


def test_a_projection_is_read_back_to_the_bit_from_a_table_of_the_engine(connection):
    features = load_enterprises(connection, make_enterprises(100))
    _, model, projection = project(connection, features, make_settings())

    rows = projection_to_rows(projection, model=model)
    typed_table(connection, rows, PROJECTION_COLUMN_TYPES).create("pca_model")
    shuffled = connection.table("pca_model").order("random()").df()

    for again in (projection_from_rows(rows), projection_from_rows(shuffled)):
        assert (again.loadings == projection.loadings).all()
        assert (again.mean == projection.mean).all()
        assert (
            again.explained_variance_ratio == projection.explained_variance_ratio
        ).all()


def test_the_rows_say_which_feature_and_category_a_loading_is_of(connection):
    features = load_enterprises(connection, make_enterprises(100))
    _, model, projection = project(connection, features, make_settings())

    rows = projection_to_rows(projection, model=model)

    first = rows.loc[rows["component"] == 1]
    assert list(zip(first["feature_name"], first["category"], strict=True))[4:6] == [
        ("category_name", model.categorical[0].categories[0]),
        ("category_name", model.categorical[0].categories[1]),
    ]
    assert len(rows) == 2 * len(model.columns())
