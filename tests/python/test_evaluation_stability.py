"""How well clusters survive a resampling."""

import numpy as np
import pandas as pd
import pytest
from planted_data import make_planted_groups, make_settings
from segmentation.evaluation.resampling import draw_bootstraps
from segmentation.evaluation.stability import largest_jaccards, measure_stability
from sklearn.metrics import jaccard_score

SETTINGS = make_settings(
    numeric_features=("followers_facebook",), categorical_features=(), n_clusters=2
)


def make_line(values: list[float], labels: list[int]) -> tuple[pd.DataFrame, pd.Series]:
    """Make enterprises on a line, with the clusters that they are said to be in."""
    keys = [f"e{i}" for i in range(len(values))]
    sample = pd.DataFrame({"enterprise_id": keys, "followers_facebook": values})
    return sample, pd.Series(labels, index=keys)


def test_the_largest_jaccard_is_that_of_the_most_similar_new_cluster() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    new_labels = np.array([5, 5, 3, 3, 3, 5])
    # 0: {0,1,2} and {0,1,5}: 2 of 4. 1: {3,4} and {2,3,4}: 2 of 3. 2: {5} and {0,1,5}:
    # 1 of 3. 3 has no member.
    jaccards = largest_jaccards(labels, new_labels, cluster_count=4)
    assert jaccards == pytest.approx([2 / 4, 2 / 3, 1 / 3, 0])


def test_jaccards_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    labels, new_labels = random.integers(0, 4, size=(2, 80))
    expected = [
        max(jaccard_score(labels == c, new_labels == d) for d in range(4))
        for c in range(4)
    ]
    jaccards = largest_jaccards(labels, new_labels, cluster_count=4)
    assert jaccards == pytest.approx(expected)


def test_stability_of_a_small_case_worked_by_hand() -> None:
    # k-means with two clusters parts 0, 1, 2 from 10, 11; the clusters to be judged
    # have the enterprise at 2 with the far ones.
    sample, clusters = make_line([0.0, 1.0, 2.0, 10.0, 11.0], [0, 0, 1, 1, 1])
    bootstraps = [
        np.array([0, 1, 2, 3, 4]),  # {0,1} in {0,1,2}: 2/3; {2,3,4} in {3,4}: 2/3
        np.array([0, 1, 3, 4]),  # both found again: 1 and 1
        np.array([2, 3, 4]),  # 0 has no member: 0; {2,3,4} in {3,4}: 2/3
        np.array([0, 2, 3]),  # {0} in {0,2}: 1/2; {2,3} in {3}: 1/2
    ]
    rows = measure_stability(
        sample,
        cluster_of_enterprise=clusters,
        cluster_count=2,
        settings=SETTINGS,
        bootstraps=bootstraps,
    )
    assert rows["sample_count"].tolist() == [2, 3]
    assert rows["mean_jaccard"].tolist() == pytest.approx(
        [(2 / 3 + 1 + 0 + 1 / 2) / 4, (2 / 3 + 1 + 2 / 3 + 1 / 2) / 4]
    )
    assert rows["dissolved_share"].tolist() == [0.5, 0.25]
    assert rows["recovered_share"].tolist() == [0.25, 0.25]
    assert rows["bootstrap_count"].tolist() == [4, 4]


def test_a_bootstrap_sample_that_cannot_be_fitted_does_not_count() -> None:
    sample, clusters = make_line([0.0, 1.0, 10.0, 11.0], [0, 0, 1, 1])
    rows = measure_stability(
        sample,
        cluster_of_enterprise=clusters,
        cluster_count=2,
        settings=SETTINGS,
        bootstraps=[np.array([3]), np.array([0, 1, 2, 3])],
    )
    assert rows["bootstrap_count"].tolist() == [1, 1]
    assert rows["mean_jaccard"].tolist() == [1.0, 1.0]


def test_a_cluster_that_was_not_looked_at_has_no_figures() -> None:
    sample, clusters = make_line([0.0, 1.0, 10.0, 11.0], [0, 0, 2, 2])
    rows = measure_stability(
        sample,
        cluster_of_enterprise=clusters,
        cluster_count=3,
        settings=SETTINGS,
        bootstraps=[np.arange(4)],
    )
    assert rows["sample_count"].tolist() == [2, 0, 2]
    for name in ("mean_jaccard", "dissolved_share", "recovered_share"):
        assert rows[name].isna().tolist() == [False, True, False]


def test_nothing_is_measured_where_no_bootstrap_sample_can_be_fitted() -> None:
    sample, clusters = make_line([5.0, 5.0, 5.0], [0, 0, 1])
    rows = measure_stability(
        sample,
        cluster_of_enterprise=clusters,
        cluster_count=2,
        settings=SETTINGS,
        bootstraps=[np.array([0]), np.array([2])],
    )
    assert rows["bootstrap_count"].tolist() == [0, 0]
    assert rows["mean_jaccard"].isna().all()


def test_planted_groups_are_stable_and_halves_of_one_are_not() -> None:
    table = make_planted_groups()
    # Two of the groups as planted, a third cut in two at random, the fourth left out.
    table = table[~table["enterprise_id"].str.startswith("g3")]
    table = table.reset_index(drop=True)
    features = ("followers_facebook", "followers_instagram")
    settings = make_settings(
        numeric_features=features, categorical_features=(), n_clusters=4
    )
    sample = table[["enterprise_id", *features]].astype(dict.fromkeys(features, float))
    group = sample["enterprise_id"].str[1].astype(int)
    halves = np.random.default_rng(0).integers(0, 2, size=len(sample))
    clusters = pd.Series(
        np.where(group == 2, 2 + halves, group).astype(int),
        index=sample["enterprise_id"],
    )
    rows = measure_stability(
        sample, cluster_of_enterprise=clusters, cluster_count=4, settings=settings
    )
    assert (rows["mean_jaccard"][:2] > 0.8).all()
    assert (rows["mean_jaccard"][2:] < 0.75).all()


def test_two_measurements_are_equal() -> None:
    random = np.random.default_rng(2)
    values = random.lognormal(sigma=2, size=40)
    sample, clusters = make_line(values.tolist(), (values > 5).astype(int).tolist())
    first, again = (
        measure_stability(
            sample, cluster_of_enterprise=clusters, cluster_count=2, settings=SETTINGS
        )
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert 0 < first["mean_jaccard"].min() < 1


def test_a_bootstrap_sample_uses_each_row_once() -> None:
    bootstraps = draw_bootstraps(200, count=20, seed=1)
    assert all(len(np.unique(rows)) == len(rows) for rows in bootstraps)
    # 1 - 1/e of the rows are drawn at least once.
    assert np.mean([len(rows) for rows in bootstraps]) == pytest.approx(126.4, abs=5)
