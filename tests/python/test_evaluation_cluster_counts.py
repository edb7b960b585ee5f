"""The figures on the number of clusters."""

import numpy as np
import pandas as pd
import pytest
from planted_data import make_settings
from segmentation.evaluation.cluster_counts import (
    COLUMN_TYPES,
    evaluate_cluster_counts,
    null_silhouettes,
    subsample_agreements,
)
from segmentation.evaluation.labelled_fit import fit_and_label
from segmentation.evaluation.resampling import draw_subsamples, permute_features
from segmentation.learning.fitted_space import nearest_centroids
from segmentation.learning.fitting import fit_pipeline
from sklearn.metrics import (
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)

# Income in thousands and spending score, as in the well-known mall customers.
BLOBS = ((25, 20), (25, 80), (55, 50), (88, 18), (88, 82))


def make_mall_settings(**changes: object):
    values = {
        "numeric_features": ("income", "spending"),
        "categorical_features": (),
        "n_clusters": 5,
        "n_init": 3,
    }
    return make_settings(**{**values, **changes})


def make_customers(points: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "enterprise_id": [f"e{i:04d}" for i in range(len(points))],
            "income": points[:, 0],
            "spending": points[:, 1],
        }
    )


@pytest.fixture(scope="module")
def blobs() -> pd.DataFrame:
    random = np.random.default_rng(7)
    return make_customers(
        np.concatenate([random.normal(centre, 6, size=(30, 2)) for centre in BLOBS])
    )


@pytest.fixture(scope="module")
def blob_figures(blobs: pd.DataFrame) -> pd.DataFrame:
    rows = evaluate_cluster_counts(blobs, settings=make_mall_settings())
    return rows.set_index("cluster_count")


def test_five_planted_groups_stand_out_most_and_are_stable(
    blob_figures: pd.DataFrame,
) -> None:
    above_null = blob_figures["silhouette"] - blob_figures["null_silhouette"]
    assert above_null.idxmax() == 5
    assert above_null[5] > 0.2
    five = blob_figures.loc[5]
    assert five["silhouette"] > five["highest_null_silhouette"]
    assert five["stability_ari"] > 0.95
    assert five["smallest_cluster_size"] == 30


@pytest.mark.parametrize("cloud", ["uniform", "normal"])
def test_a_cloud_without_groups_is_not_above_its_shuffled_copies(cloud: str) -> None:
    random = np.random.default_rng(3)
    points = getattr(random, cloud)(size=(100, 2))
    rows = evaluate_cluster_counts(
        make_customers(points), settings=make_mall_settings()
    )
    assert len(rows) == 9
    assert (rows["silhouette"] - rows["null_silhouette"]).max() < 0.05
    advisable = (rows["silhouette"] > rows["highest_null_silhouette"]) & (
        rows["stability_ari"] >= 0.8
    )
    assert not advisable.any()


def test_figures_are_those_of_scikit_learn(
    blobs: pd.DataFrame, blob_figures: pd.DataFrame
) -> None:
    pipeline, space = fit_pipeline(blobs, settings=make_mall_settings(n_clusters=3))
    kmeans = pipeline.named_steps["clusters"]
    three = blob_figures.loc[3]
    assert three["inertia"] == pytest.approx(kmeans.inertia_)
    assert three["silhouette"] == pytest.approx(silhouette_score(space, kmeans.labels_))
    assert three["davies_bouldin"] == pytest.approx(
        davies_bouldin_score(space, kmeans.labels_)
    )
    assert three["calinski_harabasz"] == pytest.approx(
        calinski_harabasz_score(space, kmeans.labels_)
    )
    assert three["smallest_cluster_size"] == np.bincount(kmeans.labels_).min()


def test_labels_are_those_of_the_pipeline(blobs: pd.DataFrame) -> None:
    settings = make_mall_settings(n_clusters=4)
    pipeline, _ = fit_pipeline(blobs, settings=settings)
    fit = fit_and_label(blobs, settings=settings)
    assert fit.labels.tolist() == pipeline.predict(blobs).tolist()


def test_a_point_between_two_centroids_is_of_the_first() -> None:
    points = np.array([[0.0, 0.0], [3.0, 0.0], [-3.0, 0.0]])
    centroids = np.array([[1.0, 0.0], [-1.0, 0.0], [3.0, 0.0]])
    labels = nearest_centroids(points, centroids=centroids)
    assert labels.tolist() == [0, 2, 1]


def test_two_calls_give_the_same_figures(blobs: pd.DataFrame) -> None:
    first, again = (
        evaluate_cluster_counts(
            blobs, settings=make_mall_settings(), null_count=2, resample_count=2
        )
        for _ in range(2)
    )
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_the_chosen_number_is_evaluated_beyond_ten(blobs: pd.DataFrame) -> None:
    rows = evaluate_cluster_counts(
        blobs,
        settings=make_mall_settings(n_clusters=12, n_init=1),
        null_count=0,
        resample_count=0,
    )
    # Nothing to compare with: no figure, no error.
    assert rows[["null_silhouette", "stability_ari"]].isna().all(axis=None)
    assert rows["cluster_count"].tolist() == [*range(2, 11), 12]


def test_there_are_no_more_clusters_than_different_enterprises() -> None:
    points = np.repeat([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]], 4, axis=0)
    rows = evaluate_cluster_counts(
        make_customers(points), settings=make_mall_settings()
    )
    assert rows["cluster_count"].tolist() == [2, 3]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_handful_of_enterprises_gives_gaps_not_errors(count: int) -> None:
    points = np.array([[0.0, 0.0], [1.0, 9.0], [7.0, 2.0], [20.0, 30.0]])[:count]
    rows = evaluate_cluster_counts(
        make_customers(points), settings=make_mall_settings()
    )
    assert rows["cluster_count"].tolist() == list(range(2, count + 1))
    assert list(rows.columns) == list(COLUMN_TYPES)
    # As many clusters as enterprises: there is no silhouette.
    assert rows["silhouette"].isna().tolist() == [
        k == count for k in rows["cluster_count"]
    ]


def test_a_shuffled_copy_keeps_each_feature_and_breaks_their_relation() -> None:
    values = np.arange(60.0)
    sample = make_customers(np.column_stack([values, values]))
    sample["category_name"] = [None, *["bar"] * 59]
    sample["category_name"] = sample["category_name"].astype(object)
    copies = permute_features(sample, count=2, seed=1)
    for copy in copies:
        assert copy["enterprise_id"].tolist() == sample["enterprise_id"].tolist()
        for name in ("income", "spending"):
            assert sorted(copy[name]) == values.tolist()
        assert copy["category_name"].isna().sum() == 1
        assert copy["category_name"].dtype == object
        assert abs(np.corrcoef(copy["income"], copy["spending"])[0, 1]) < 0.5
    assert not copies[0].equals(copies[1])


def test_the_null_silhouette_is_that_of_a_fit_on_the_copy(blobs: pd.DataFrame) -> None:
    settings = make_mall_settings(n_clusters=3)
    copies = permute_features(blobs, count=2, seed=1)
    expected = []
    for copy in copies:
        pipeline, space = fit_pipeline(copy, settings=settings)
        labels = pipeline.named_steps["clusters"].labels_
        expected.append(silhouette_score(space, labels))
    assert null_silhouettes(copies, settings=settings) == pytest.approx(expected)


def test_agreement_is_taken_on_the_enterprises_of_the_subsample() -> None:
    # Two tight pairs far apart, which every subsample with both sees alike.
    points = np.array([[0.0, 0.0], [0.0, 1.0], [9.0, 9.0], [9.0, 8.0]])
    sample, settings = make_customers(points), make_mall_settings(n_clusters=2)
    rows = [np.array([0, 1, 2]), np.array([0, 1, 3]), np.array([0])]
    # As the fit has it, except for the last enterprise.
    labels = np.array([0, 0, 1, 0])
    agreements = subsample_agreements(
        sample, labels, subsamples=rows, settings=settings
    )
    # {0, 1}, {2} is found again; {0, 1, 3} in one group against {0, 1}, {3} is not
    # better than chance; one enterprise cannot be fitted on and is left out.
    assert agreements == [1.0, 0.0]


def test_a_subsample_holds_four_fifths_without_repetition() -> None:
    subsamples = draw_subsamples(50, count=3, share=0.8, seed=1)
    assert [len(np.unique(rows)) for rows in subsamples] == [40, 40, 40]
    assert subsamples[0].tolist() != subsamples[1].tolist()
