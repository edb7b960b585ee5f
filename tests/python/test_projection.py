"""The map of the members: principal components with a fixed sign."""

import numpy as np
import pandas as pd
import pytest
from planted_data import make_members, make_sample, make_settings
from segmentation.learning import fitted_space
from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import fit_model
from segmentation.learning.projection import (
    MOST_COMPONENTS,
    fit_or_keep_projection,
    fit_projection,
    projection_from_rows,
    projection_to_rows,
)

NUMBERS = {"categorical_features": (), "n_clusters": 2}
TWO_NUMBERS = make_settings(numeric_features=("x", "y"), scaling="none", **NUMBERS)
SAMPLE = make_members(200)
MODEL = fit_model(SAMPLE, settings=make_settings())


def project(variance_share=0.85):
    return fit_projection(SAMPLE, model=MODEL, variance_share=variance_share)


def project_points(points, settings=TWO_NUMBERS):
    columns = np.asarray(points, float).T.tolist()
    sample = make_sample(**dict(zip("xy", columns, strict=True)))
    model = fit_model(sample, settings=settings)
    return fit_projection(sample, model=model, variance_share=0.85)


@pytest.mark.parametrize("dense_cell_limit", [fitted_space.DENSE_CELL_LIMIT, 0])
@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "ranks", "none"])
def test_components_and_their_shares_are_those_of_a_singular_value_decomposition(
    scaling, dense_cell_limit, monkeypatch
):
    settings = make_settings(scaling=scaling)
    model = fit_model(SAMPLE, settings=settings)
    points = transform_sample(SAMPLE, model=model)
    monkeypatch.setattr(fitted_space, "DENSE_CELL_LIMIT", dense_cell_limit)
    projection = fit_projection(SAMPLE, model=model, variance_share=1)
    centred = points - points.mean(axis=0)

    _, singular_values, vectors = np.linalg.svd(centred, full_matrices=False)
    count = len(projection.loadings)
    shares = singular_values**2 / (centred**2).sum()

    # One of the columns of levels follows from the others: no variance is left. Where
    # numbers are not scaled, levels beside them have none.
    assert count <= centred.shape[1] - 1
    np.testing.assert_allclose(projection.mean, points.mean(axis=0))
    np.testing.assert_allclose(projection.explained_variance_ratio, shares[:count])
    np.testing.assert_allclose(projection.explained_variance_ratio.sum(), 1)
    cosines = np.abs((projection.loadings * vectors[:count]).sum(axis=1))
    np.testing.assert_allclose(cosines, 1)


@pytest.mark.parametrize("variance_share", [0.3, 0.6, 0.85, 0.95])
def test_there_are_as_many_components_as_the_share_of_the_variance_needs(
    variance_share,
):
    shares = project(variance_share).explained_variance_ratio
    assert shares.sum() >= variance_share
    # Two at the least, for the map: 0.3 is reached by the first alone.
    assert shares[:-1].sum() < variance_share or len(shares) == 2


def test_a_feature_of_many_levels_does_not_make_more_components_than_the_limit():
    sample = make_members(300)
    names = [f"name {i % 150}" for i in range(300)]
    sample["city_name"] = pd.Series(names, dtype=object)
    settings = make_settings(categorical_features=("city_name",), scaling="minmax")
    model = fit_model(sample, settings=settings)
    projection = fit_projection(sample, model=model, variance_share=0.85)
    shares = projection.explained_variance_ratio
    assert len(shares) == MOST_COMPONENTS
    assert shares.sum() < 0.85


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_the_map_is_the_same_for_mirrored_data_and_for_rows_in_any_order(scaling):
    """An account manager must find a client where it was on the last chart.

    Two standardised features always have components of equal entries.
    """
    settings = make_settings(numeric_features=("x", "y"), scaling=scaling, **NUMBERS)
    random = np.random.default_rng(0)
    points = random.normal(size=(50, 2)) @ [[5.0, 1.0], [0.0, 2.0]]
    expected = project_points(points, settings).loadings
    strongest = np.abs(expected).argmax(axis=1)
    assert (expected[[0, 1], strongest] > 0).all()
    for changed in (-points, points[::-1], *map(random.permutation, [points] * 8)):
        loadings = project_points(changed, settings).loadings
        np.testing.assert_allclose(loadings, expected, atol=1e-12)
    # One numeric feature is what the settings ask for at the least.
    alone = make_settings(numeric_features=("x",), **NUMBERS)
    assert project_points(points, alone).loadings.tolist() == [[1.0]]


def test_a_projection_stays_while_its_fit_lasts_whatever_the_data_become():
    """A client that has not changed must not move on the map."""
    first, today = project(), make_members(260, seed=2)
    rows = projection_to_rows(first, model=MODEL)
    components, columns = first.loadings.shape
    assert len(rows) == components * columns + columns + components
    parts = dict(list(rows.groupby("parameter")))
    loadings = parts["loading"].rename(columns={"value": "loading"})
    levels = loadings["feature_level"].iloc[4:6].tolist()
    assert levels == list(MODEL.categorical[0].levels[:2])
    # As the next build finds them published.
    means = parts["column_mean"].set_index("position")["value"]
    shares = parts["explained_variance_share"].set_index("component")["value"]
    published = projection_from_rows(
        loadings.assign(
            column_mean=loadings["position"].map(means),
            explained_variance_share=loadings["component"].map(shares),
        ).sample(frac=1, random_state=0)
    )

    kept, fitted = (
        fit_or_keep_projection(
            today, model=MODEL, published=of_this_fit, variance_share=0.85
        )
        for of_this_fit in (published, projection_from_rows(rows.iloc[:0]))
    )

    for figure, expected in vars(first).items():
        assert (getattr(kept, figure) == expected).all(), figure
    assert not np.allclose(fitted.mean, first.mean)

    # Another share of the variance is heeded all the same.
    fewer, more = (
        fit_or_keep_projection(
            SAMPLE, model=MODEL, published=published, variance_share=share
        )
        for share in (0.6, 0.95)
    )
    assert len(fewer.loadings) < len(published.loadings) < len(more.loadings)
    assert (fewer.loadings == published.loadings[: len(fewer.loadings)]).all()
    assert more.explained_variance_ratio.sum() >= 0.95
