"""The figures on the number of clusters."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cluster_count_advice import judge
from planted_data import FOLLOWERS, make_members, make_sample, make_settings
from segmentation.evaluation import cluster_counts
from segmentation.evaluation.cluster_counts import (
    evaluate_cluster_counts,
    subsample_agreements,
    tell_giants,
)
from segmentation.evaluation.resampling import (
    copy_without_groups,
    draw_bootstraps,
    draw_subsamples,
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
    assert five["silhouette_without_giants"] == five["silhouette"]
    assert (rows["gap"] - rows["gap_error"]).idxmax() == 5
    assert rows["mixture_bic"].idxmin() == 5
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


@pytest.mark.parametrize(
    ("case", "size"),
    [
        *(("3 groups, giants", 60), ("5 groups, equal", 60), ("uniform", 60)),
        *((f"one Gaussian, correlation {r}", 421) for r in ("0", "0.5", "0.9")),
        *(("continuum", 421), ("heavy tails", 421)),
    ],
)
def test_the_advice_finds_planted_groups_and_none_in_clouds(case, size):
    """A small version of benchmarks/cluster_count_advice.py."""
    assert judge(case, size=size, draw=0) == "right"


def test_giants_are_told_by_counts_and_a_group_is_none():
    points = np.linspace([10, 20], [20, 40], 100)
    points[:2, 0] = 1e9
    sample = make_customers(points)
    found = tell_giants(sample, settings=make_mall_settings())
    assert np.flatnonzero(found).tolist() == [0, 1]
    # Neither flags nor what can be negative tells how large a member is.
    sample["income"] -= 100
    sample["spending"] = found.astype(float)
    assert not tell_giants(sample, settings=make_mall_settings()).any()
    # A recipe's own rule is followed whatever it finds.
    points[:9, 0] = 1e9
    sample, logs = make_customers(points), {"log1p_features": ("income",)}
    assert not tell_giants(sample, settings=make_mall_settings(**logs)).any()
    own = make_mall_settings(**logs, sets_giants_apart=True)
    assert tell_giants(sample, settings=own).sum() == 9


def test_clusters_beside_the_giants_are_one_less_where_they_are_set_apart(blobs):
    sample = pd.concat([blobs, blobs.head(2)], ignore_index=True)
    sample.loc[150:, "income"] = 1e9
    apart, within = (
        evaluate(sample, log1p_features=("income",), sets_giants_apart=is_apart)
        for is_apart in (True, False)
    )
    assert {*apart["giant_count"], *within["giant_count"]} == {2}
    assert within["silhouette_without_giants"].idxmax() == 5
    assert within.loc[5, "smallest_size_without_giants"] == 30
    assert apart["silhouette_without_giants"].idxmax() == 6
    assert apart.loc[2, ["silhouette_without_giants", "gap"]].isna().all()


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


def test_a_copy_keeps_each_feature_and_the_rank_correlations():
    random = np.random.default_rng(2)
    income = random.lognormal(size=400)
    spending = income * random.lognormal(sigma=0.3, size=400)
    # Mostly none, told by a flag: ties and a relation without exception.
    visits = np.where(random.random(400) < 0.6, 0, income)
    sample = make_sample(
        income=income.tolist(),
        spending=[np.nan, *spending[1:]],
        visits=visits.tolist(),
        has_visits=(visits > 0).astype(float).tolist(),
        category_name=[None, *["bar"] * 399],
    )
    numbers = sample.columns[1:5]
    copies = list(
        copy_without_groups(sample, numeric_features=numbers, count=5, seed=1)
    )
    for copy in copies:
        assert copy["member_id"].tolist() == sample["member_id"].tolist()
        for name in numbers:
            assert sorted(copy[name].dropna()) == sorted(sample[name].dropna())
        assert np.isnan(copy.loc[0, "spending"])
        assert copy["category_name"].isna().sum() == 1
        assert copy["category_name"].dtype == object
        # As nearly as a Gaussian can have all relations at once.
        assert ((copy["visits"] > 0) == copy["has_visits"]).mean() > 0.9
    found = np.mean([copy[numbers].rank().corr() for copy in copies], axis=0)
    assert found == pytest.approx(sample[numbers].rank().corr().to_numpy(), abs=0.12)
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
