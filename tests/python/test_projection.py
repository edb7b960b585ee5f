"""The map of the enterprises: principal components with a fixed sign."""

import duckdb
import numpy as np
import pytest
from planted_data import fit_on, load_enterprises, make_enterprises, make_settings
from segmentation import fitted_space
from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.projection import (
    COORDINATE_COLUMN_TYPES,
    MOST_COMPONENTS,
    PROJECTION_COLUMN_TYPES,
    fit_or_keep_projection,
    fit_projection,
    project_enterprises,
    projection_from_rows,
    projection_to_rows,
)
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.typed_table import typed_table
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


def project(connection, features, settings, *, variance_share=0.85):
    """Sample, model and projection of a fit."""
    model = fit_on(features, settings)
    sample = read_fit_sample(features, settings=settings)
    projection = fit_projection(sample, model=model, variance_share=variance_share)
    return sample, model, projection


def as_table(coordinates):
    """Coordinates with a row per enterprise and a column per component."""
    return coordinates.df().pivot(
        index="enterprise_id", columns="component", values="coordinate"
    )


def publish_rows(projection, *, model, fit_id):
    """The rows of a projection as the next build finds them."""
    return projection_to_rows(projection, model=model).assign(fit_id=fit_id)


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
    np.testing.assert_allclose(as_table(coordinates), places, atol=1e-12)


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
def test_components_are_those_of_scikit_learn_up_to_the_sign(connection, scaling):
    features = load_enterprises(connection, make_enterprises(200))
    settings = make_settings(scaling=scaling)

    sample, model, projection = project(connection, features, settings)
    expected = PCA(n_components=len(projection.loadings)).fit(
        transform_sample(sample, model=model)
    )

    np.testing.assert_allclose(
        np.abs(projection.loadings), np.abs(expected.components_), atol=1e-7
    )
    np.testing.assert_allclose(projection.mean, expected.mean_)
    np.testing.assert_allclose(
        projection.explained_variance_ratio, expected.explained_variance_ratio_
    )


def test_components_and_their_shares_are_those_of_a_singular_value_decomposition(
    connection,
):
    features = load_enterprises(connection, make_enterprises(200))
    sample, model, projection = project(
        connection, features, make_settings(), variance_share=1
    )
    centred = transform_sample(sample, model=model)
    centred = centred - centred.mean(axis=0)

    _, singular_values, vectors = np.linalg.svd(centred, full_matrices=False)
    count = len(projection.loadings)
    shares = singular_values**2 / (centred**2).sum()

    # One of the category's columns follows from the others: no variance is left.
    assert count == centred.shape[1] - 1
    np.testing.assert_allclose(projection.explained_variance_ratio, shares[:count])
    np.testing.assert_allclose(projection.explained_variance_ratio.sum(), 1)
    np.testing.assert_allclose(
        np.abs((projection.loadings * vectors[:count]).sum(axis=1)), 1
    )


@pytest.mark.parametrize("variance_share", [0.3, 0.6, 0.85, 0.95])
def test_there_are_as_many_components_as_the_share_of_the_variance_needs(
    connection, variance_share
):
    features = load_enterprises(connection, make_enterprises(200))

    projection = project(
        connection, features, make_settings(), variance_share=variance_share
    )[2]

    shares = projection.explained_variance_ratio
    assert shares.sum() >= variance_share
    # Two at the least, for the map: 0.3 is reached by the first alone.
    assert shares[:-1].sum() < variance_share or len(shares) == 2


def test_a_feature_of_many_categories_does_not_make_more_components_than_the_limit(
    connection,
):
    table = make_enterprises(300)
    table["city_name"] = [f"city {i % 150}" for i in range(300)]
    features = load_enterprises(connection, table)
    settings = make_settings(categorical_features=("city_name",), scaling="minmax")

    shares = project(connection, features, settings)[2].explained_variance_ratio

    assert len(shares) == MOST_COMPONENTS
    assert shares.sum() < 0.85


def test_a_sparse_table_has_the_components_of_the_dense_one(connection, monkeypatch):
    features = load_enterprises(connection, make_enterprises(200))
    sample, model, dense = project(connection, features, make_settings())

    monkeypatch.setattr(fitted_space, "DENSE_CELL_LIMIT", 0)
    sparse = fit_projection(sample, model=model, variance_share=0.85)

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

    projection = project(connection, features, settings)[2]

    assert projection.loadings.tolist() == [[1.0]]


def test_a_projection_stays_while_its_fit_lasts_whatever_the_data_become(connection):
    """A client that has not changed must not move on the map."""
    before = load_enterprises(connection, make_enterprises(200, seed=1))
    _, model, published = project(connection, before, make_settings())
    published_rows = publish_rows(published, model=model, fit_id=7)
    after = load_enterprises(connection, make_enterprises(260, seed=2))

    kept, of_another_fit, of_none = (
        fit_or_keep_projection(
            after,
            model=model,
            fit_id=fit_id,
            published_rows=rows.sample(frac=1, random_state=0),
            variance_share=0.85,
        )
        for fit_id, rows in (
            (7, published_rows),
            (8, published_rows),
            (7, published_rows.iloc[:0]),
        )
    )

    assert (kept.loadings == published.loadings).all()
    assert (kept.mean == published.mean).all()
    assert (kept.explained_variance_ratio == published.explained_variance_ratio).all()
    for fitted_anew in (of_another_fit, of_none):
        assert not np.allclose(fitted_anew.mean, published.mean)


def test_another_variance_share_is_heeded_though_the_fit_is_kept(connection):
    features = load_enterprises(connection, make_enterprises(200))
    _, model, published = project(connection, features, make_settings())
    rows = publish_rows(published, model=model, fit_id=1)

    fewer, more = (
        fit_or_keep_projection(
            features, model=model, fit_id=1, published_rows=rows, variance_share=share
        )
        for share in (0.6, 0.95)
    )

    assert len(fewer.loadings) < len(published.loadings) < len(more.loadings)
    assert (fewer.loadings == published.loadings[: len(fewer.loadings)]).all()
    assert more.explained_variance_ratio.sum() >= 0.95


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
    actual = as_table(coordinates)
    assert actual.index.tolist() == sample["enterprise_id"].tolist()
    assert actual.columns.tolist() == [i + 1 for i in range(expected.shape[1])]
    np.testing.assert_allclose(actual, expected, atol=1e-12 * np.abs(expected).max())


def test_coordinates_are_those_of_scikit_learn_for_every_enterprise(connection):
    features = load_enterprises(connection, make_enterprises(200))
    sample, model, projection = project(connection, features, make_settings())

    actual = as_table(
        project_enterprises(
            features, model=model, projection=projection, connection=connection
        )
    )

    transformed = transform_sample(sample, model=model)
    pca = PCA(n_components=len(projection.loadings)).fit(transformed)
    signs = np.sign((pca.components_ * projection.loadings).sum(axis=1))
    assert len(actual) == 200
    np.testing.assert_allclose(
        actual, pca.transform(transformed) * signs, rtol=1e-6, atol=1e-7
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
    assert len(rows) == len(projection.loadings) * len(model.columns())
