"""A fit recovers planted groups, and what it learned is what the formulas say."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from planted_data import (
    FOLLOWERS,
    fit_on,
    load_enterprises,
    make_enterprises,
    make_planted_groups,
    make_settings,
)
from segmentation import fitted_space, fitting
from segmentation.errors import SegmentationError
from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import fit_model, fit_pipeline
from segmentation.learning.labelling import label_enterprises
from segmentation.learning.pipeline import build_pipeline
from segmentation.learning.sampling import read_fit_sample
from sklearn.metrics import silhouette_score


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def make_sample(**columns):
    """Make a sample as read_fit_sample returns it."""
    count = len(next(iter(columns.values())))
    keys = [f"e{i:02d}" for i in range(count)]
    sample = pd.DataFrame({"enterprise_id": keys})
    for name, values in columns.items():
        # A text column as objects: the text type of pandas would make NaN of None.
        type_ = float if isinstance(values[0], float) else object
        sample[name] = pd.Series(values, dtype=type_)
    return sample


def partition(labels):
    """Collect the enterprises that share a label, whatever the label's number."""
    groups = labels.groupby("cluster_id")["enterprise_id"]
    return {frozenset(members) for _, members in groups}


def test_the_settings_decide_the_number_of_clusters_the_seed_and_the_starts():
    """One start, scikit-learn's default, would let the order of rows decide."""
    settings = make_settings(n_clusters=7, random_state=5, n_init=13)

    clusters = build_pipeline(settings).named_steps["clusters"]

    assert (clusters.n_clusters, clusters.random_state, clusters.n_init) == (7, 5, 13)


@pytest.mark.parametrize("random_state", [0, 1, 42, 20_000])
def test_planted_groups_are_recovered_whatever_the_seed_and_the_order_of_rows(
    connection, random_state
):
    planted = make_planted_groups()
    shuffled = planted.sample(frac=1, random_state=random_state)
    features = load_enterprises(connection, shuffled)

    model = fit_on(features, make_settings(random_state=random_state))
    labels = label_enterprises(features, model=model, connection=connection).df()

    keys = planted["enterprise_id"]
    assert partition(labels) == {
        frozenset(members) for _, members in keys.groupby(keys.str[:2])
    }


@pytest.mark.parametrize(
    ("scaling", "center", "scale"),
    [
        # Known values 1, 3, 8: mean 4. Imputed column 1, 3, 4, 8.
        ("standard", 4.0, np.sqrt((9 + 1 + 0 + 16) / 4)),
        ("minmax", 1.0, 8.0 - 1.0),
        # Quartiles by linear interpolation: 1 + 0.75 * 2 and 4 + 0.25 * 4.
        ("robust", 3.5, 5.0 - 2.5),
        ("none", 0.0, 1.0),
    ],
)
def test_imputation_center_and_scale_are_those_of_the_formula(scaling, center, scale):
    sample = make_sample(
        likes=[1.0, np.nan, 3.0, 8.0], category=["bar", "spa", None, "spa"]
    )
    settings = make_settings(
        numeric_features=("likes",),
        categorical_features=("category",),
        n_clusters=2,
        scaling=scaling,
    )

    model = fit_model(sample, settings=settings)

    (likes,) = model.numeric
    assert likes.imputation == 4.0
    assert likes.center == pytest.approx(center, rel=1e-15)
    assert likes.scale == pytest.approx(scale, rel=1e-15)
    (category,) = model.categorical
    assert category.imputation == "spa"
    assert category.categories == ("bar", "spa")


def test_centroids_and_inertia_are_those_of_the_hand_computed_partition():
    sample = make_sample(x=[0.0, 2.0, 100.0, 104.0], y=[5.0, 5.0, 7.0, 9.0])
    settings = make_settings(
        numeric_features=("x", "y"),
        categorical_features=(),
        n_clusters=2,
        scaling="none",
    )

    model = fit_model(sample, settings=settings)

    assert sorted(model.centroids.tolist()) == [[1.0, 5.0], [102.0, 8.0]]
    assert model.inertia == pytest.approx(1 + 1 + (4 + 1) + (4 + 1))
    assert model.sample_count == 4


def test_a_numeric_column_without_any_known_value_changes_no_distance():
    """An optional source that delivers nothing must not stop the build."""
    x = [0.0, 1.0, 50.0, 51.0]
    settings = make_settings(
        numeric_features=("x", "unknown"), categorical_features=(), n_clusters=2
    )
    sample = make_sample(x=x, unknown=[np.nan] * 4)

    model = fit_model(sample, settings=settings)

    assert model.numeric[1].imputation == 0.0
    assert model.numeric[1].center == 0.0
    assert model.numeric[1].scale == 1.0
    assert model.centroids[:, 1].tolist() == [0.0, 0.0]


def test_a_constant_column_is_scaled_by_one_in_every_scaling():
    """Dividing by a spread of 0 would make every distance unknown."""
    for scaling in ("standard", "minmax", "robust", "none"):
        settings = make_settings(
            numeric_features=("x", "constant"),
            categorical_features=(),
            n_clusters=2,
            scaling=scaling,
        )
        sample = make_sample(x=[0.0, 1.0, 50.0, 51.0], constant=[7.0] * 4)

        assert fit_model(sample, settings=settings).numeric[1].scale == 1.0


def test_a_category_column_without_any_known_value_is_one_category():
    settings = make_settings(
        numeric_features=("x",), categorical_features=("category",), n_clusters=2
    )
    sample = make_sample(x=[0.0, 1.0, 50.0], category=[None, None, None])

    (category,) = fit_model(sample, settings=settings).categorical

    assert category.categories == (category.imputation,)


def test_a_category_that_the_fit_has_not_seen_has_no_column():
    settings = make_settings(
        numeric_features=("x",),
        categorical_features=("category",),
        n_clusters=2,
        scaling="none",
    )
    seen = make_sample(x=[0.0, 1.0, 50.0], category=["bar", "spa", "bar"])
    unseen = make_sample(x=[2.0, 3.0], category=["zoo", "spa"])
    pipeline, _ = fit_pipeline(seen, settings=settings)
    model = fit_model(seen, settings=settings)

    expected = [[2.0, 0.0, 0.0], [3.0, 0.0, 1.0]]

    transformer = pipeline.named_steps["features"]
    assert transformer.transform(unseen[["x", "category"]]).tolist() == expected
    assert transform_sample(unseen, model=model).tolist() == expected


@pytest.mark.parametrize("scaling", ["standard", "minmax", "robust", "none"])
def test_the_learned_numbers_transform_a_sample_as_the_pipeline_does(
    connection, scaling
):
    settings = make_settings(
        scaling=scaling, categorical_features=("category_name", "city_name")
    )
    features = load_enterprises(connection, make_enterprises(120))
    sample = read_fit_sample(features, settings=settings)

    _, transformed = fit_pipeline(sample, settings=settings)
    model = fit_model(sample, settings=settings)

    np.testing.assert_allclose(
        transform_sample(sample, model=model), transformed, rtol=1e-12, atol=1e-12
    )


def test_the_silhouette_is_that_of_scikit_learn(connection):
    features = load_enterprises(connection, make_enterprises(150))
    settings = make_settings()
    sample = read_fit_sample(features, settings=settings)

    pipeline, transformed = fit_pipeline(sample, settings=settings)
    expected = silhouette_score(transformed, pipeline.named_steps["clusters"].labels_)

    assert fit_model(sample, settings=settings).silhouette == pytest.approx(expected)


def test_the_silhouette_is_unknown_when_every_enterprise_is_its_own_cluster():
    settings = make_settings(
        numeric_features=("x",), categorical_features=(), n_clusters=2
    )

    assert np.isnan(fit_model(make_sample(x=[0.0, 9.0]), settings=settings).silhouette)


def test_one_outlier_as_a_cluster_of_its_own_does_not_stop_a_large_fit(monkeypatch):
    """A sample of the sample can leave the one outlier out."""
    monkeypatch.setattr(fitting, "SILHOUETTE_SAMPLE_SIZE", 10)
    settings = make_settings(
        numeric_features=("x",), categorical_features=(), n_clusters=2
    )
    sample = make_sample(x=[*np.linspace(0, 1, 200), 1e6])

    fit_model(sample, settings=settings)


def test_fewer_enterprises_than_clusters_are_refused_with_both_numbers():
    settings = make_settings(numeric_features=("x",), categorical_features=())

    with pytest.raises(SegmentationError) as refusal:
        fit_model(make_sample(x=[1.0, 2.0, 3.0]), settings=settings)

    assert "3 active enterprises, fewer than n_clusters = 4" in str(refusal.value)
    assert "lower n_clusters" in str(refusal.value)


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
def test_fewer_different_enterprises_than_clusters_are_refused_with_both_numbers():
    """k-means would leave clusters empty and only warn."""
    settings = make_settings(numeric_features=("x",), categorical_features=())

    with pytest.raises(SegmentationError) as refusal:
        fit_model(make_sample(x=[1.0, 2.0, 3.0] * 10), settings=settings)

    assert "enterprises of the fit have only 3 different" in str(refusal.value)
    assert "n_clusters = 4: lower n_clusters" in str(refusal.value)


def test_too_many_categories_for_a_dense_table_give_the_same_fit(
    connection, monkeypatch
):
    features = load_enterprises(connection, make_enterprises(200))
    settings = make_settings()
    sample = read_fit_sample(features, settings=settings)
    dense = fit_model(sample, settings=settings)
    dense_space = transform_sample(sample, model=dense)

    monkeypatch.setattr(fitting, "DENSE_CELL_LIMIT", 0)
    monkeypatch.setattr(fitted_space, "DENSE_CELL_LIMIT", 0)
    sparse = fit_model(sample, settings=settings)
    sparse_space = transform_sample(sample, model=dense)

    np.testing.assert_allclose(sparse.centroids, dense.centroids, atol=1e-9)
    assert sparse.silhouette == pytest.approx(dense.silhouette)
    assert not isinstance(sparse_space, np.ndarray)
    assert (sparse_space.toarray() == dense_space).all()
    labels = [
        label_enterprises(features, model=model, connection=connection)
        .project("enterprise_id, cluster_id")
        .order("enterprise_id")
        .fetchall()
        for model in (dense, sparse)
    ]
    assert labels[0] == labels[1]


def test_two_fits_of_the_same_data_are_equal_to_the_last_bit(connection):
    """The order of rows in a table is not fixed: it must not reach the model."""
    table = make_enterprises(300)
    settings = make_settings()

    fingerprints = {
        fit_on(
            load_enterprises(connection, table.sample(frac=1, random_state=seed)),
            settings,
        ).fingerprint()
        for seed in range(3)
    }

    assert len(fingerprints) == 1


@pytest.mark.parametrize("change", ["a value", "a category", "a setting"])
def test_the_fingerprint_changes_with_what_decides_a_label(connection, change):
    table = make_enterprises(100)
    before = fit_on(load_enterprises(connection, table), make_settings())

    settings = make_settings()
    if change == "a value":
        table.loc[table.index[7], FOLLOWERS[1]] = 123_456
    elif change == "a category":
        table.loc[table.index[7], "category_name"] = "new here"
    else:
        settings = make_settings(n_init=11)

    after = fit_on(load_enterprises(connection, table), settings)
    assert after.fingerprint() != before.fingerprint()
