"""The robust recipe does what it says: logs, flags, weights, and giants apart."""

import numpy as np
import pandas as pd
import pytest
from planted_data import UPPER_AND_LOWER, make_ring, make_sample, make_settings
from segmentation.errors import SegmentationError
from segmentation.learning.fitted_space import label_sample, transform_sample
from segmentation.learning.fitting import (
    FormerGroups,
    find_giants,
    fit_model,
    fit_pipeline,
)
from segmentation.learning.model_rows import model_from_rows, model_to_rows
from sklearn.metrics import adjusted_rand_score

COUNTS = ("followers_facebook", "followers_instagram", "followers_tiktok")
FLAGS = ("has_facebook_account", "has_instagram_account", "has_tiktok_account")


def robust_settings(**changes):
    return make_settings(
        **{
            "numeric_features": COUNTS + FLAGS,
            "log1p_features": COUNTS,
            "unscaled_features": FLAGS,
            "categorical_weight": 0.5,
            "drops_constants": True,
            "sets_giants_apart": True,
            "n_clusters": 3,
        }
        | changes
    )


@pytest.fixture(scope="module")
def sample():
    """Provide small firms, middling ones and two giants; nobody is on TikTok."""
    random = np.random.default_rng(1)
    facebook = np.concatenate(
        [random.lognormal(4, 0.5, 60), random.lognormal(8, 0.5, 60), [2e6, 3e6]]
    ).astype(int)
    table = make_sample(
        followers_facebook=facebook.tolist(),
        followers_instagram=(facebook // 3).tolist(),
        followers_tiktok=[0.0] * len(facebook),
        category_name=random.choice(["bar", "shop", None], len(facebook)).tolist(),
    )
    table.loc[3, "followers_facebook"] = np.nan
    table.loc[5:9, ["followers_facebook", "followers_instagram"]] = 0
    for count, flag in zip(COUNTS, FLAGS, strict=True):
        table[flag] = (table[count].fillna(1) > 0).astype(float)
    return table


@pytest.fixture(scope="module")
def model(sample):
    return fit_model(sample, settings=robust_settings())


def test_a_count_enters_as_the_standardised_logarithm_of_one_more(sample, model):
    """By hand: mean and deviation of log1p, 0 at 0, the unknown ones at the mean."""
    is_giant = find_giants(sample, settings=model.settings)
    counts = sample.loc[~is_giant, "followers_facebook"].to_numpy()
    logs = np.log(counts + 1)
    imputed = np.where(np.isnan(logs), np.nanmean(logs), logs)
    found = model.numeric[0]
    assert (found.name, found.is_log) == ("followers_facebook", True)
    assert found.imputation == pytest.approx(np.nanmean(logs))
    assert found.center == pytest.approx(imputed.mean())
    assert found.scale == pytest.approx(imputed.std())
    of_nobody = transform_sample(sample, model=model)[5:10, 0]
    assert of_nobody == pytest.approx(-found.center / found.scale)


def test_flags_keep_their_unit_constants_are_dropped_and_levels_weighted(sample, model):
    flag = model.numeric[2]
    assert [f.name for f in model.numeric] == [*COUNTS[:2], *FLAGS[:2]]
    assert (flag.center, flag.scale, flag.is_log) == (0, 1, False)
    of_levels = transform_sample(sample, model=model)[:, len(model.numeric) :]
    assert of_levels.shape[1] == len(model.columns()) - 4
    assert set(np.unique(of_levels)) == {0.0, 0.5}


def test_giants_are_told_by_tukeys_fence_and_have_the_last_cluster(sample, model):
    """By hand: third quartile plus 1.5 interquartile ranges of the log of the sums."""
    sums = sample[list(COUNTS)].fillna(0).sum(axis=1).to_numpy()
    logs = np.log(sums[sums > 0])
    low, high = np.quantile(logs, [0.25, 0.75])
    expected = np.zeros(len(sums), dtype=bool)
    expected[sums > 0] = logs > high + 1.5 * (high - low)
    is_giant = find_giants(sample, settings=model.settings)
    assert list(sample["member_id"][is_giant]) == ["e0120", "e0121"]
    assert (is_giant == expected).all()
    transformed = transform_sample(sample, model=model)
    np.testing.assert_allclose(model.centroids[-1], transformed[is_giant].mean(axis=0))
    assert len(model.centroids) == 3


def test_giants_do_not_move_the_others(sample, model):
    """Ten times larger giants leave scaling and the other centroids as they are."""
    larger = sample.copy()
    larger.loc[larger["followers_facebook"] > 1e6, "followers_facebook"] *= 10
    one, other = (fit_model(s, settings=model.settings) for s in (sample, larger))
    assert one.numeric == other.numeric
    np.testing.assert_array_equal(one.centroids[:-1], other.centroids[:-1])


def test_the_group_of_the_giants_does_not_keep_a_refit_from_continuing_the_others():
    """Two clusters cut a ring of heaps either way; a giants' group has a small one."""
    logs = np.vstack([make_ring() / 100 + 5, [(9, 9)] * 2])
    sample = pd.DataFrame(np.exp(logs), columns=COUNTS[:2])
    sample.insert(0, "member_id", [f"e{i:02d}" for i in range(len(sample))])
    settings = robust_settings(
        numeric_features=COUNTS[:2],
        log1p_features=COUNTS[:2],
        unscaled_features=(),
        categorical_features=(),
        scaling="none",
    )
    groups = np.concatenate([UPPER_AND_LOWER, [2, 2]])
    groups[31] = 2

    former = FormerGroups(groups, 0.05, 5)
    pipeline, _ = fit_pipeline(sample, settings=settings, former=former)

    labels = pipeline.named_steps["clusters"].labels_
    assert find_giants(sample, settings=settings).tolist() == [False] * 32 + [True] * 2
    assert adjusted_rand_score(labels[:32], UPPER_AND_LOWER) == 1


def test_labels_equal_those_of_the_pipeline_and_of_the_model_read_back(sample, model):
    pipeline, transformed = fit_pipeline(sample, settings=model.settings)
    space = transform_sample(sample, model=model)
    np.testing.assert_allclose(space, transformed, atol=1e-12)
    labels = label_sample(sample, model).tolist()
    assert labels == model.labels.tolist() == pipeline.predict(sample).tolist()
    assert labels == pipeline.named_steps["clusters"].labels_.tolist()
    found = model_from_rows(model_to_rows(model, reason="first_fit"))
    assert (found.fingerprint(), found.numeric) == (model.fingerprint(), model.numeric)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"unscaled_features": COUNTS}, "listed in log1p_features and in unscaled_"),
        ({"categorical_weight": 0}, "categorical_weight is 0: write a number above 0"),
        ({"log1p_features": ()}, "Name them in log1p_features"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(changes, complaint):
    with pytest.raises(SegmentationError, match=complaint):
        robust_settings(**changes)


def test_a_sample_of_constants_says_how_few_members_differ():
    """Dropping every feature would end in an error that nobody understands."""
    sample = make_sample(**{name: [1.0] * 4 for name in COUNTS + FLAGS})
    with pytest.raises(SegmentationError, match="only 1 different feature"):
        fit_model(sample, settings=robust_settings(categorical_features=()))


@pytest.mark.parametrize(
    "varying", [("has_facebook_account",), ("category_name",), ("followers_tiktok",)]
)
def test_a_fit_goes_on_with_whatever_still_varies(varying):
    """Nobody may have a count that varies, or nothing but a category."""
    values = {name: [1.0] * 8 for name in COUNTS + FLAGS}
    values |= {name: [0.0, 1.0, 5.0, 9.0] * 2 for name in varying}
    values["category_name"] = ["bar"] * 8
    if "category_name" in varying:
        values["category_name"] = ["bar", "shop", "club", "spa"] * 2
    model = fit_model(make_sample(**values), settings=robust_settings())
    assert len(model.centroids) == 3
