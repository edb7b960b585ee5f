"""How well clusters survive a resampling."""

import numpy as np
import pandas as pd
import pytest
from planted_data import make_planted_groups, make_sample, make_settings
from segmentation.evaluation.stability import measure_stability

NAN = np.nan


def measure(sample, labels: list[int], **arguments: object) -> pd.DataFrame:
    names = tuple(sample.columns.drop("member_id"))
    settings = make_settings(
        numeric_features=names, categorical_features=(), n_clusters=2 * len(names)
    )
    figures = measure_stability(
        sample,
        labels=np.array(labels),
        cluster_count=max(labels) + 1,
        settings=settings,
        **arguments,
    )
    return pd.DataFrame.from_dict(figures, orient="index")


@pytest.mark.parametrize(
    ("values", "labels", "bootstraps", "expected"),
    [
        # k-means with two clusters parts 0, 1, 2 from 10, 11; the clusters to be
        # judged have the member at 2 with the far ones.
        pytest.param(
            [0.0, 1.0, 2.0, 10.0, 11.0], [0, 0, 1, 1, 1],
            [
                [0, 1, 2, 3, 4],  # {0,1} in {0,1,2}: 2/3; {2,3,4} in {3,4}: 2/3
                [0, 1, 3, 4],  # both found again: 1 and 1
                [2, 3, 4],  # 0 has no member: 0; {2,3,4} in {3,4}: 2/3
                [0, 2, 3],  # {0} in {0,2}: 1/2; {2,3} in {3}: 1/2
            ],
            {"sample_count": [2, 3], "mean_jaccard": [13 / 24, 17 / 24],
             "dissolved_share": [0.5, 0.25], "recovered_share": [0.25, 0.25],
             "bootstrap_count": [4, 4]},
            id="worked by hand",
        ),
        pytest.param(
            [0.0, 1.0, 10.0, 11.0], [0, 0, 1, 1], [[3], [0, 1, 2, 3]],
            {"bootstrap_count": [1, 1], "mean_jaccard": [1.0, 1.0]},
            id="a bootstrap sample that cannot be fitted does not count",
        ),
        pytest.param(
            [0.0, 1.0, 10.0, 11.0], [0, 0, 2, 2], [[0, 1, 2, 3]],
            {"sample_count": [2, 0, 2], "mean_jaccard": [1, NAN, 1],
             "dissolved_share": [0, NAN, 0], "recovered_share": [1, NAN, 1]},
            id="a cluster without a member has no figures",
        ),
        pytest.param(
            [5.0, 5.0, 5.0], [0, 0, 1], [[0], [2]],
            {"bootstrap_count": [0, 0], "mean_jaccard": [NAN, NAN]},
            id="no bootstrap sample can be fitted",
        ),
    ],
)  # fmt: skip
def test_stability_is_the_mean_over_the_bootstrap_samples(
    values, labels, bootstraps, expected
):
    bootstraps = list(map(np.array, bootstraps))
    rows = measure(make_sample(x=values), labels, bootstraps=bootstraps)
    for figure, of_clusters in expected.items():
        np.testing.assert_allclose(rows[figure], of_clusters, err_msg=figure)


def test_planted_groups_are_stable_and_halves_of_one_are_not():
    table = make_planted_groups()
    # Two of the groups as planted, a third cut in two at random, the fourth left out.
    table = table[~table["member_id"].str.startswith("g3")].reset_index(drop=True)
    sample = table[["member_id", "followers_facebook", "followers_instagram"]]
    group = sample["member_id"].str[1].astype(int)
    halves = np.random.default_rng(0).integers(0, 2, size=len(sample))
    clusters = np.where(group == 2, 2 + halves, group).tolist()
    rows, again = (measure(sample, clusters) for _ in range(2))
    assert (rows["mean_jaccard"][:2] > 0.8).all()
    assert (rows["mean_jaccard"][2:] < 0.75).all()
    pd.testing.assert_frame_equal(rows, again, check_exact=True)
