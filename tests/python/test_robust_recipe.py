"""The robust recipe does what it says: logs, flags, weights, and giants apart."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from planted_data import make_settings
from segmentation.errors import SegmentationError
from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import (
    FormerGroups,
    find_giants,
    fit_model,
    fit_pipeline,
)
from segmentation.learning.labelling import label_enterprises
from segmentation.learning.model_rows import model_from_rows, model_to_rows
from segmentation.learning.projection import fit_projection, project_enterprises
from segmentation.learning.sampling import read_fit_sample
from sklearn.metrics import adjusted_rand_score

COUNTS = ("followers_facebook", "followers_instagram", "followers_tiktok")
FLAGS = ("has_facebook_account", "has_instagram_account", "has_tiktok_account")


def robust_settings(**changes):
    return make_settings(
        **{
            "numeric_features": COUNTS + FLAGS,
            "log_features": COUNTS,
            "unscaled_features": FLAGS,
            "category_weight": 0.5,
            "drops_constants": True,
            "sets_giants_apart": True,
            "n_clusters": 3,
        }
        | changes
    )


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture(scope="module")
def features(connection):
    """Provide small firms, middling ones and two giants; nobody is on TikTok."""
    random = np.random.default_rng(1)
    facebook = np.concatenate(
        [random.lognormal(4, 0.5, 60), random.lognormal(8, 0.5, 60), [2e6, 3e6]]
    ).astype(int)
    table = pd.DataFrame(
        {
            "enterprise_id": [f"e{i:03d}" for i in range(len(facebook))],
            "followers_facebook": pd.Series(facebook, dtype="Int64"),
            "followers_instagram": pd.Series(facebook // 3, dtype="Int64"),
            "followers_tiktok": pd.Series(0, index=range(len(facebook)), dtype="Int64"),
            "category_name": random.choice(["bar", "shop", None], len(facebook)),
        }
    )
    table.loc[3, "followers_facebook"] = None
    table.loc[5:9, ["followers_facebook", "followers_instagram"]] = 0
    for count, flag in zip(COUNTS, FLAGS, strict=True):
        table[flag] = table[count].fillna(1) > 0
    connection.register("made_up", table)
    connection.execute("create table features as select * from made_up")
    return connection.table("features")


@pytest.fixture(scope="module")
def settings():
    return robust_settings()


@pytest.fixture(scope="module")
def sample(features, settings):
    return read_fit_sample(features, settings=settings)


@pytest.fixture(scope="module")
def model(sample, settings):
    return fit_model(sample, settings=settings)


def feature(model, name):
    return next(f for f in model.numeric if f.name == name)


def test_a_count_enters_as_the_standardised_logarithm_of_its_positive_values(
    sample, model
):
    """By hand: mean and deviation of the logarithms, the unknown ones at the mean."""
    is_giant = find_giants(sample, settings=model.settings)
    counts = sample.loc[~is_giant, "followers_facebook"].to_numpy()
    logs = np.log(counts[counts > 0])
    imputed = np.where(counts > 0, np.log(np.where(counts > 0, counts, 1)), logs.mean())

    found = feature(model, "followers_facebook")

    assert found.is_log
    assert found.imputation == pytest.approx(logs.mean())
    assert found.center == pytest.approx(imputed.mean())
    assert found.scale == pytest.approx(imputed.std())


def test_flags_keep_their_own_unit(model):
    found = feature(model, "has_facebook_account")

    assert (found.center, found.scale, found.is_log) == (0, 1, False)


def test_constant_features_are_dropped_and_reported_by_their_absence(model):
    names = [f.name for f in model.numeric]

    assert "followers_tiktok" not in names
    assert "has_tiktok_account" not in names
    assert len(model.centroids[0]) == len(model.columns())


def test_a_category_weighs_what_the_settings_say(sample, model):
    transformed = transform_sample(sample, model=model)

    of_categories = transformed[:, len(model.numeric) :]
    assert set(np.unique(of_categories)) == {0.0, 0.5}


def test_giants_are_told_by_tukeys_fence_and_have_the_last_cluster(sample, model):
    """By hand: third quartile plus 1.5 interquartile ranges of the log of the sums."""
    sums = sample[list(COUNTS)].fillna(0).sum(axis=1).to_numpy()
    logs = np.log(sums[sums > 0])
    low, high = np.quantile(logs, [0.25, 0.75])
    expected = np.zeros(len(sums), dtype=bool)
    expected[sums > 0] = logs > high + 1.5 * (high - low)

    is_giant = find_giants(sample, settings=model.settings)

    assert list(sample["enterprise_id"][is_giant]) == ["e120", "e121"]
    assert (is_giant == expected).all()
    transformed = transform_sample(sample, model=model)
    np.testing.assert_allclose(model.centroids[-1], transformed[is_giant].mean(axis=0))
    assert len(model.centroids) == 3


def test_giants_do_not_move_the_others(sample, settings):
    """Ten times larger giants leave scaling and the other centroids as they are."""
    larger = sample.copy()
    larger.loc[larger["followers_facebook"] > 1e6, "followers_facebook"] *= 10

    one, other = (fit_model(s, settings=settings) for s in (sample, larger))

    assert one.numeric == other.numeric
    np.testing.assert_array_equal(one.centroids[:-1], other.centroids[:-1])


def test_two_clusters_are_the_giants_and_all_others(sample):
    model = fit_model(sample, settings=robust_settings(n_clusters=2))

    assert len(model.centroids) == 2


def test_the_group_of_the_giants_does_not_keep_a_refit_from_continuing_the_others():
    """Two clusters cut a ring of heaps either way; a giants' group has a small one."""
    heaps = np.repeat([(x, y) for x in (5, 6.01) for y in (5, 6)], 8, axis=0)
    logs = np.vstack([heaps + np.tile(np.arange(8) / 100, 4)[:, None], [(9, 9)] * 2])
    sample = pd.DataFrame(np.exp(logs), columns=COUNTS[:2])
    sample.insert(0, "enterprise_id", [f"e{i:02d}" for i in range(len(sample))])
    settings = robust_settings(
        numeric_features=COUNTS[:2],
        log_features=COUNTS[:2],
        unscaled_features=(),
        categorical_features=(),
        scaling="none",
    )
    upper_and_lower = np.tile(np.repeat([0, 1], 8), 2)
    groups = np.concatenate([upper_and_lower, [2, 2]])
    groups[31] = 2
    former = FormerGroups(labels=groups, minimum_gain=0.05)

    pipeline, _ = fit_pipeline(sample, settings=settings, former=former)

    labels = pipeline.named_steps["clusters"].labels_
    assert find_giants(sample, settings=settings).tolist() == [False] * 32 + [True] * 2
    assert adjusted_rand_score(labels[:32], upper_and_lower) == 1


def test_labels_equal_those_of_the_pipeline(connection, features, sample, settings):
    pipeline, transformed = fit_pipeline(sample, settings=settings)
    model = fit_model(sample, settings=settings)

    labels = label_enterprises(features, model=model, connection=connection)

    np.testing.assert_allclose(
        transform_sample(sample, model=model), transformed, atol=1e-12
    )
    assert (
        labels.order("enterprise_id").df()["cluster_id"].tolist()
        == pipeline.predict(sample.drop(columns="enterprise_id")).tolist()
        == pipeline.named_steps["clusters"].labels_.tolist()
    )


def test_places_on_the_map_are_those_of_the_transformed_sample(
    connection, features, sample, model
):
    projection = fit_projection(sample, model=model, variance_share=0.85)

    places = project_enterprises(
        features, model=model, projection=projection, connection=connection
    )

    found = places.order("enterprise_id, component").df()["coordinate"].to_numpy()
    centred = transform_sample(sample, model=model) - projection.mean
    np.testing.assert_allclose(
        found.reshape(len(sample), -1), centred @ projection.loadings.T, atol=1e-9
    )


def test_the_model_is_read_back_from_its_rows(model):
    found = model_from_rows(model_to_rows(model, reason="first_fit"))

    assert found.fingerprint() == model.fingerprint()
    assert found.numeric == model.numeric


def test_shuffled_rows_give_the_same_model(connection, features, settings, model):
    shuffled = features.order("md5(enterprise_id || 'x')")

    found = fit_model(read_fit_sample(shuffled, settings=settings), settings=settings)

    assert found.fingerprint() == model.fingerprint()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"log_features": ("turnover_eur",)}, "'turnover_eur' is listed in log_feat"),
        ({"unscaled_features": COUNTS}, "listed in log_features and in unscaled_"),
        ({"category_weight": 0}, "category_weight is 0: use a positive number"),
        ({"log_features": ()}, "Name the counts in log_features"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes, complaint):
    with pytest.raises(SegmentationError, match=complaint):
        robust_settings(**changes)


def test_a_sample_of_constants_says_how_few_enterprises_differ(settings):
    """Dropping every feature would end in an error that nobody understands."""
    sample = pd.DataFrame(
        {"enterprise_id": ["a", "b", "c", "d"]}
        | {name: [1.0] * 4 for name in settings.numeric_features}
    )

    with pytest.raises(SegmentationError, match="only 1 different feature"):
        fit_model(sample, settings=robust_settings(categorical_features=()))


@pytest.mark.parametrize(
    "varying", [("has_facebook_account",), ("category_name",), ("followers_tiktok",)]
)
def test_a_fit_goes_on_with_whatever_still_varies(settings, varying):
    """Nobody may have a count that varies, or nothing but a category."""
    values = {name: [1.0] * 8 for name in settings.numeric_features}
    values |= {name: [0.0, 1.0, 5.0, 9.0] * 2 for name in varying}
    sample = pd.DataFrame({"enterprise_id": list("abcdefgh"), **values})
    if "category_name" in varying:
        sample["category_name"] = ["bar", "shop", "club", "spa"] * 2
    else:
        sample["category_name"] = "bar"

    model = fit_model(sample, settings=settings)

    assert len(model.centroids) == 3
