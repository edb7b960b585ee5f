"""Other ways to cluster the same members."""

import numpy as np
import pandas as pd
import pytest
from planted_data import make_members, make_planted_groups, make_sample, make_settings
from segmentation.evaluation.comparing import (
    compare_approaches,
    judge_recipe,
    knee,
    label_by_dbscan,
    standardised_ranks,
)
from segmentation.evaluation.space import Space
from segmentation.learning.fitted_space import transform_sample
from segmentation.learning.fitting import fit_model
from sklearn.metrics import adjusted_rand_score, silhouette_score


def compare(sample: pd.DataFrame, labels: np.ndarray | None = None) -> pd.DataFrame:
    """Compare with two recipes, of which the study's is active."""
    settings = make_settings()
    other = make_settings(scaling="robust", categorical_features=())
    model = fit_model(sample, settings=settings)
    figures = compare_approaches(
        {"report": sample, "robust": sample.drop(columns="category_name")},
        settings_by_recipe={"report": settings, "robust": other},
        active_recipe="report",
        model=model,
        labels=model.labels if labels is None else labels,
        counts_by_recipe={
            "report": {
                4: {
                    "stability_ari": 0.9,
                    "silhouette_without_giants": 0.5,
                    "null_silhouette": 0.125,
                }
            },
            "robust": {},
        },
    )
    return pd.DataFrame.from_dict(figures, orient="index")


def test_every_approach_finds_four_planted_groups():
    rows = compare(make_planted_groups())
    assert rows.index.tolist() == [
        *("report_recipe", "robust_recipe", "kmeans_on_ranks"),
        *("ward", "dbscan", "hdbscan"),
    ]
    by_distance = rows.drop(index=["kmeans_on_ranks", "dbscan", "hdbscan"])
    assert set(by_distance["cluster_sizes"]) == {"25, 25, 25, 25"}
    assert by_distance["ari_to_active"].tolist() == [1.0] * 3
    assert rows["is_active"].tolist() == [True] + [False] * 5
    assert rows.loc[["dbscan", "hdbscan"], "cluster_count"].tolist() == [4, 4]
    assert (rows.drop(index=["dbscan", "hdbscan"])["noise_share"] == 0).all()
    assert set(rows["member_count"]) == {100}
    figures = ["stability_ari", "silhouette_above_null", "moved_by_one_share"]
    assert rows.loc["report_recipe", figures].tolist() == [0.9, 0.375, 0]
    # The total and a part set each group apart; the others are of no account.
    assert rows.loc["report_recipe", "top_driver_share"] > 0.8


def test_one_extreme_member_may_move_others_and_two_features_carry_what():
    # Without the last one the three clusters are those of the others.
    values = [0.0, 1.0, 2.0, 10.0, 11.0, 12.0, 20.0, 21.0, 22.0, 500.0]
    sample = make_sample(x=values, y=[0.0, 1.0] * 5, z=[5.0] * 10)
    names = {"numeric_features": ("x", "y", "z"), "categorical_features": ()}
    settings = make_settings(n_clusters=3, scaling="none", **names)
    figures = judge_recipe(sample, settings=settings, of_count={})
    # 0 to 12 against 20 to 22 becomes three and three: three of nine move.
    assert figures["moved_by_one_share"] == pytest.approx(3 / 9)
    assert figures["top_driver_share"] == 1
    assert figures["stability_ari"] is None
    assert np.isnan(figures["silhouette_above_null"])


def test_the_active_row_shows_the_labels_that_are_given():
    sample = make_members(80)
    # Labels that no fit would give, as those of a model fitted long ago.
    labels = np.arange(80) % 4
    rows = compare(sample, labels)
    active = rows.loc["report_recipe"]
    space = transform_sample(sample, model=fit_model(sample, settings=make_settings()))
    assert active["cluster_sizes"] == "20, 20, 20, 20"
    assert active["silhouette"] == pytest.approx(silhouette_score(space, labels))
    assert active["ari_to_active"] == 1
    assert abs(rows.loc["ward", "ari_to_active"]) < 0.2


@pytest.mark.parametrize("count", [4, 5])
def test_approaches_that_need_more_members_are_left_blank(count):
    table = pd.concat([make_planted_groups(members=1), make_planted_groups(members=2)])
    table["member_id"] = [f"e{i}" for i in range(len(table))]
    rows = compare(table.head(count).reset_index(drop=True))
    assert rows.loc["report_recipe", "cluster_count"] == 4
    for approach in ("dbscan", "hdbscan"):
        blank = rows.loc[approach]
        assert blank[["is_active", "member_count"]].tolist() == [False, count]
        assert blank.drop(["is_active", "member_count"]).isna().all()


def test_ranks_share_ties_and_unknown_values_take_the_middle():
    sample = make_sample(x=[5.0, 1_000_000.0, 5.0, np.nan, 7.0], y=[0.0] * 5)
    settings = make_settings(numeric_features=("x", "y"), categorical_features=())
    ranks = standardised_ranks(sample, settings=settings)
    # Ranks 1.5, 4, 1.5, -, 3 around 2.5, with the unknown at 2.5.
    deviations = np.array([-1, 1.5, -1, 0, 0.5])
    assert ranks[:, 0] == pytest.approx(deviations / np.sqrt((deviations**2).mean()))
    assert ranks[:, 1].tolist() == [0.0] * 5


def test_dbscan_leaves_a_lone_point_out_of_groups_and_of_figures():
    random = np.random.default_rng(0)
    groups = [random.normal(centre, 0.1, size=(30, 2)) for centre in (0, 5)]
    labels = label_by_dbscan(np.concatenate([*groups, [[2.5, 40.0]]]), dimension=2)
    assert labels[-1] == -1
    assert adjusted_rand_score(labels[:60], [0] * 30 + [1] * 30) > 0.95
    assert label_by_dbscan(np.zeros((10, 2)), dimension=2).tolist() == [0] * 10
    # The knee is farthest below the line between the ends.
    assert knee(np.array([0.0, 1.0, 1.0, 2.0, 10.0])) == 2.0
    assert knee(np.array([3.0, 3.0, 3.0])) == 3.0
    # Noise has no part in a silhouette, which is nan where it is not defined.
    points = np.array([[0.0], [1.0], [10.0], [11.0], [500.0]])
    found = Space(points).silhouette(np.array([0, 0, 1, 1, -1]))
    assert found == pytest.approx(silhouette_score(points[:4], [0, 0, 1, 1]))
    for undefined in ([0, 0, 0, 0, -1], [0, 1, 2, 3, 4], [-1] * 5):
        assert np.isnan(Space(points).silhouette(np.array(undefined)))
