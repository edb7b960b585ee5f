"""The figures on the number of clusters."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from planted_data import FOLLOWERS, make_members, make_sample, make_settings
from segmentation.evaluation import cluster_counts
from segmentation.evaluation.cluster_counts import (
    evaluate_cluster_counts,
    subsample_agreements,
)
from segmentation.evaluation.resampling import (
    draw_bootstraps,
    draw_subsamples,
    permute_features,
)
from segmentation.evaluation.space import Recipe
from segmentation.learning.fitting import fit_pipeline
from sklearn.metrics import (
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)

# Income in thousands and spending score, as in the well-known mall customers.
BLOBS = ((25, 20), (25, 80), (55, 50), (88, 18), (88, 82))


def make_mall_settings(**changes: object):
    names = ("income", "spending")
    values = {"numeric_features": names, "categorical_features": (), "n_clusters": 5}
    return make_settings(**values | {"n_init": 3} | changes)


def make_customers(points: np.ndarray) -> pd.DataFrame:
    return make_sample(income=points[:, 0].tolist(), spending=points[:, 1].tolist())


def evaluate(sample: pd.DataFrame, **changes: object) -> pd.DataFrame:
    figures = evaluate_cluster_counts(sample, settings=make_mall_settings(**changes))
    return pd.DataFrame.from_dict(figures, orient="index")


@pytest.fixture(scope="module")
def blobs():
    random = np.random.default_rng(7)
    return make_customers(
        np.concatenate([random.normal(centre, 6, size=(30, 2)) for centre in BLOBS])
    )


def test_five_planted_groups_stand_out_most_and_are_stable(blobs):
    rows = evaluate(blobs)
    above_null = rows["silhouette"] - rows["null_silhouette"]
    assert above_null.idxmax() == 5
    assert above_null[5] > 0.2
    five = rows.loc[5]
    assert five["silhouette"] > five["highest_null_silhouette"]
    assert five["stability_ari"] > 0.95
    assert five["smallest_cluster_size"] == 30

    pipeline, space = fit_pipeline(blobs, settings=make_mall_settings(n_clusters=3))
    kmeans = pipeline.named_steps["clusters"]
    scores = {
        "inertia": kmeans.inertia_,
        "silhouette": silhouette_score(space, kmeans.labels_),
        "davies_bouldin": davies_bouldin_score(space, kmeans.labels_),
        "calinski_harabasz": calinski_harabasz_score(space, kmeans.labels_),
        "smallest_cluster_size": np.bincount(kmeans.labels_).min(),
    }
    assert rows.loc[3, list(scores)].to_dict() == pytest.approx(scores)


@pytest.mark.parametrize("cloud", ["uniform", "normal"])
def test_a_cloud_without_groups_is_not_above_its_shuffled_copies(cloud):
    random = np.random.default_rng(3)
    points = getattr(random, cloud)(size=(100, 2))
    rows = evaluate(make_customers(points))
    assert len(rows) == 9
    assert (rows["silhouette"] - rows["null_silhouette"]).max() < 0.05
    advisable = (rows["silhouette"] > rows["highest_null_silhouette"]) & (
        rows["stability_ari"] >= 0.8
    )
    assert not advisable.any()


@pytest.mark.parametrize("sets_giants_apart", [False, True])
def test_clusterings_are_those_of_a_fit_with_each_number(sets_giants_apart):
    """What does not depend on the number is learned once, and must be the same."""
    settings = make_settings(
        log1p_features=FOLLOWERS[1:],
        sets_giants_apart=sets_giants_apart,
        drops_constants=True,
    )
    sample = make_members(60)
    # A giant, and with 60 clusters no others would be left beside it.
    sample.loc[5, "followers_facebook"] = 1e12
    recipe = Recipe(sample, settings=settings)
    for count in (2, 5, 58):
        of_count = replace(settings, n_clusters=count)
        pipeline, space = fit_pipeline(sample, settings=of_count)
        kmeans = pipeline.named_steps["clusters"]
        found = recipe.cluster(count)
        assert found.labels.tolist() == kmeans.labels_.tolist()
        assert found.inertia == kmeans.inertia_
        assert (found.space.points == space).all()
        silhouette = silhouette_score(space, kmeans.labels_)
        assert found.silhouette == pytest.approx(silhouette)
    assert recipe.cluster(61) is None


def test_the_chosen_number_is_evaluated_beyond_ten_and_alike_again(blobs, monkeypatch):
    monkeypatch.setattr(cluster_counts, "NULL_COUNT", 0)
    monkeypatch.setattr(cluster_counts, "RESAMPLE_COUNT", 2)
    rows, again = (evaluate(blobs, n_clusters=12, n_init=1) for _ in range(2))
    # Nothing to compare with: no figure, no error.
    assert rows["null_silhouette"].isna().all()
    assert rows.index.tolist() == [*range(2, 11), 12]
    pd.testing.assert_frame_equal(rows, again, check_exact=True)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_handful_of_members_gives_gaps_not_errors(count):
    points = np.array([[0.0, 0.0], [1.0, 9.0], [7.0, 2.0], [20.0, 30.0]])[:count]
    rows = evaluate(make_customers(points))
    assert rows.index.tolist() == list(range(2, count + 1))
    # As many clusters as members: there is no silhouette.
    figures = ["silhouette", "davies_bouldin", "calinski_harabasz"]
    for figure in figures if count > 1 else []:
        assert rows[figure].isna().tolist() == [k == count for k in rows.index]
    # Nor are there more clusters than different members.
    copies = evaluate(make_customers(np.repeat(points, 2, axis=0)))
    assert copies.index.tolist() == list(range(2, count + 1))


def test_a_shuffled_copy_keeps_each_feature_and_breaks_their_relation():
    values = list(map(float, range(60)))
    kinds = [None, *["bar"] * 59]
    sample = make_sample(income=values, spending=values, category_name=kinds)
    copies = list(permute_features(sample, count=2, seed=1))
    for copy in copies:
        assert copy["member_id"].tolist() == sample["member_id"].tolist()
        for name in ("income", "spending"):
            assert sorted(copy[name]) == values
        assert copy["category_name"].isna().sum() == 1
        assert copy["category_name"].dtype == object
        assert abs(np.corrcoef(copy["income"], copy["spending"])[0, 1]) < 0.5
    assert not copies[0].equals(copies[1])


def test_a_resample_holds_each_row_once():
    subsamples = draw_subsamples(50, count=3, share=0.8, seed=1)
    assert [len(np.unique(rows)) for rows in subsamples] == [40, 40, 40]
    assert subsamples[0].tolist() != subsamples[1].tolist()
    bootstraps = draw_bootstraps(200, count=20, seed=1)
    assert all(len(np.unique(rows)) == len(rows) for rows in bootstraps)
    # 1 - 1/e of the rows are drawn at least once.
    assert np.mean([len(rows) for rows in bootstraps]) == pytest.approx(126.4, abs=5)


def test_agreement_is_taken_on_the_members_of_the_subsample():
    # Two tight pairs far apart, which every subsample with both sees alike.
    points = np.array([[0.0, 0.0], [0.0, 1.0], [9.0, 9.0], [9.0, 8.0]])
    sample, settings = make_customers(points), make_mall_settings(n_clusters=2)
    rows = [np.array([0, 1, 2]), np.array([0, 1, 3]), np.array([0])]
    # As the fit has it, except for the last member.
    labels = np.array([0, 0, 1, 0])
    agreements = subsample_agreements(
        sample, {2: labels}, subsamples=rows, settings=settings
    )
    # {0, 1}, {2} is found again; {0, 1, 3} in one group against {0, 1}, {3} is not
    # better than chance; one member cannot be fitted on and is left out.
    assert agreements[2].dropna().tolist() == [1.0, 0.0]
