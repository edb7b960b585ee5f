"""A fit recovers planted groups, and what it learned is what the formulas say."""

from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import pandas as pd
import pytest
from planted_data import (
    FOLLOWERS,
    make_members,
    make_sample,
    make_settings,
)
from segmentation.learning import fitted_space, fitting
from segmentation.learning.fitted_space import (
    label_sample,
    nearest_centroids,
    transform_sample,
)
from segmentation.learning.fitting import fit_model, fit_pipeline
from segmentation.learning.pipeline import log1p_of_count, use_one_thread
from segmentation.learning.settings import SCALINGS
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_info, threadpool_limits


def fit(sample, numeric=("x",), categorical=(), **changes):
    """Fit two clusters on these features."""
    changes = {"n_clusters": 2} | changes
    settings = make_settings(
        numeric_features=numeric, categorical_features=categorical, **changes
    )
    return fit_model(sample, settings=settings)


@pytest.mark.parametrize(
    ("scaling", "center", "scale"),
    [
        # Known values 1, 3, 8: mean 4. Imputed column 1, 3, 4, 8.
        ("standard", 4.0, np.sqrt((9 + 1 + 0 + 16) / 4)),
        ("minmax", 1.0, 8.0 - 1.0),
        # Quartiles by linear interpolation: 1 + 0.75 * 2 and 4 + 0.25 * 4.
        ("robust", 3.5, 5.0 - 2.5),
        # Ranks 0, 1, 2 and 3 of four, as thirds.
        ("ranks", 0.5, np.sqrt((9 + 1 + 1 + 9) / 36 / 4)),
        ("none", 0.0, 1.0),
    ],
)
def test_imputation_center_and_scale_are_those_of_the_formula(scaling, center, scale):
    """A constant is scaled by 1, and a feature or text that nobody knows is one too.

    Dividing by a spread of 0 would make every distance unknown, and an optional source
    that delivers nothing must not stop the build.
    """
    sample = make_sample(
        likes=[1.0, np.nan, 3.0, 8.0],
        constant=[7.0] * 4,
        unknown=[np.nan] * 4,
        kind=["bar", "spa", None, "spa"],
        never=[None] * 4,
    )

    model = fit(
        sample, ("likes", "constant", "unknown"), ("kind", "never"), scaling=scaling
    )

    likes, constant, unknown = model.numeric
    assert likes.imputation == 4.0
    assert likes.center == pytest.approx(center, rel=1e-15)
    assert likes.scale == pytest.approx(scale, rel=1e-15)
    assert constant.scale == 1
    assert (unknown.imputation, unknown.center, unknown.scale) == (0, 0, 1)
    assert model.centroids[:, 2].tolist() == [0.0, 0.0]
    kind, never = model.categorical
    assert (kind.imputation, kind.levels) == ("spa", ("bar", "spa"))
    assert never.levels == (never.imputation,)


def test_a_level_that_the_fit_has_not_seen_has_no_column():
    seen = make_sample(x=[0.0, 1.0, 50.0], kind=["bar", "spa", "bar"])
    unseen = make_sample(x=[2.0, 3.0], kind=["zoo", "spa"])
    model = fit(seen, categorical=("kind",), scaling="none")
    pipeline, _ = fit_pipeline(seen, settings=model.settings)
    expected = [[2.0, 0.0, 0.0], [3.0, 0.0, 1.0]]
    transformer = pipeline.named_steps["features"]
    assert transformer.transform(unseen[["x", "kind"]]).tolist() == expected
    assert transform_sample(unseen, model=model).tolist() == expected


@pytest.mark.parametrize("count", [120, 3_000])
@pytest.mark.parametrize("scaling", SCALINGS)
def test_the_learned_numbers_transform_and_label_a_sample_as_the_pipeline_does(
    scaling, count
):
    texts = ("category_name", "city_name")
    settings = make_settings(scaling=scaling, categorical_features=texts)
    sample = make_members(count)
    pipeline, transformed = fit_pipeline(sample, settings=settings)
    # One start, scikit-learn's default, would let the order of rows decide.
    clusters = pipeline.named_steps["clusters"]
    assert (clusters.n_clusters, clusters.random_state, clusters.n_init) == (4, 42, 10)
    model = fit_model(sample, settings=settings)

    np.testing.assert_allclose(
        transform_sample(sample, model=model), transformed, rtol=1e-12, atol=1e-12
    )
    predicted = pipeline.predict(sample).tolist()
    assert model.labels.tolist() == label_sample(sample, model).tolist() == predicted
    assert model.silhouette == pytest.approx(silhouette_score(transformed, predicted))
    others = make_members(count, seed=1)
    predicted = pipeline.predict(others).tolist()
    assert label_sample(others, model).tolist() == predicted


def test_the_logarithm_of_a_count_is_the_databases_to_the_bit():
    """Or a count that many share would be beside its quantile, and not on it."""
    random = np.random.default_rng(0)
    counts = [np.arange(100_000), np.exp(random.uniform(0, 20, 100_000))]
    table = pd.DataFrame({"x": np.concatenate(counts)})
    with duckdb.connect() as connection:
        found = connection.from_df(table).project("ln(1 + x) as logarithm").df()
    assert (log1p_of_count(table["x"]) == found["logarithm"]).all()
    assert np.isnan(log1p_of_count([[-1, np.nan]])).all()


def test_a_point_between_two_centroids_is_of_the_first():
    points = np.array([[0.0, 0.0], [3.0, 0.0], [-3.0, 0.0]])
    centroids = np.array([[1.0, 0.0], [-1.0, 0.0], [3.0, 0.0]])
    assert nearest_centroids(points, centroids=centroids).tolist() == [0, 2, 1]


def test_outliers_and_members_alone_in_their_clusters_do_not_stop_a_fit(monkeypatch):
    """A sample of the sample can leave the one outlier out."""
    assert np.isnan(fit(make_sample(x=[0.0, 9.0])).silhouette)
    monkeypatch.setattr(fitting, "SILHOUETTE_SAMPLE_SIZE", 10)
    fit(make_sample(x=[*np.linspace(0, 1, 200), 1e6]))


def test_too_many_levels_for_a_dense_table_give_the_same_fit(monkeypatch):
    sample = make_members(200)
    dense = fit_model(sample, settings=make_settings())
    dense_space = transform_sample(sample, model=dense)
    monkeypatch.setattr(fitting, "DENSE_CELL_LIMIT", 0)
    monkeypatch.setattr(fitted_space, "DENSE_CELL_LIMIT", 0)
    sparse = fit_model(sample, settings=make_settings())
    sparse_space = transform_sample(sample, model=dense)
    np.testing.assert_allclose(sparse.centroids, dense.centroids, atol=1e-9)
    assert sparse.silhouette == pytest.approx(dense.silhouette)
    assert not isinstance(sparse_space, np.ndarray)
    assert (sparse_space.toarray() == dense_space).all()
    assert sparse.labels.tolist() == label_sample(sample, sparse).tolist()
    assert sparse.labels.tolist() == dense.labels.tolist()


def test_a_fit_in_any_thread_uses_one_thread_and_learns_the_same_bits():
    """OpenMP's limit belongs to a thread: dbt fits in another than the first one."""
    sample, settings = make_members(3_000), make_settings(n_clusters=8)

    def fit_elsewhere() -> tuple[set[int], str]:
        # As many as OpenMP would take of itself on a larger machine.
        threadpool_limits(limits=4, user_api="openmp")
        model = fit_model(sample, settings=settings)
        pools = [pool for pool in threadpool_info() if pool["user_api"] == "openmp"]
        return {pool["num_threads"] for pool in pools}, model.fingerprint()

    use_one_thread()
    here = fit_model(sample, settings=settings).fingerprint()
    with ThreadPoolExecutor(max_workers=1) as worker:
        threads, elsewhere = worker.submit(fit_elsewhere).result()

    assert threads == {1}
    assert elsewhere == here


@pytest.mark.parametrize(
    "changed", [{FOLLOWERS[1]: 123_456}, {"category_name": "new here"}, {"n_init": 11}]
)
def test_the_fingerprint_changes_with_what_decides_a_label(changed):
    sample, settings = make_members(100), make_settings()
    before = fit_model(sample, settings=settings)
    assert fit_model(sample, settings=settings).fingerprint() == before.fingerprint()
    for name in changed.keys() & {*sample}:
        sample.loc[7, name] = changed[name]
    settings = make_settings(n_init=changed.get("n_init", 10))
    after = fit_model(sample, settings=settings)
    assert after.fingerprint() != before.fingerprint()
