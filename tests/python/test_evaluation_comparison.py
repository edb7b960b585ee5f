"""Other ways to cluster the same enterprises."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from duckdb import DuckDBPyConnection
from planted_data import (
    load_enterprises,
    make_enterprises,
    make_planted_groups,
    make_settings,
)
from segmentation.errors import SegmentationError
from segmentation.evaluation.alternatives import (
    knee,
    label_by_dbscan,
    label_by_self_organising_map,
    map_shape,
    standardised_ranks,
)
from segmentation.evaluation.comparing import COLUMN_TYPES, compare_approaches
from segmentation.evaluation.figures import davies_bouldin, silhouette
from segmentation.evaluation.labelled_fit import dense_transform
from segmentation.evaluation.variables import read_evaluation_sample
from segmentation.learning.fitted_space import nearest_centroids
from segmentation.learning.fitting import fit_model
from segmentation.learning.sampling import read_fit_sample
from segmentation.learning.typed_table import typed_table
from sklearn.metrics import adjusted_rand_score, silhouette_score


@pytest.fixture
def connection() -> DuckDBPyConnection:
    return duckdb.connect()


def read_sample(
    table: pd.DataFrame, connection: DuckDBPyConnection, *, size: int = 2000
) -> pd.DataFrame:
    return read_evaluation_sample(
        load_enterprises(connection, table),
        settings=make_settings(),
        evaluate=True,
        evaluation_sample_size=size,
    )


def compare(sample: pd.DataFrame) -> pd.DataFrame:
    """Compare with two recipes, of which the report's is active."""
    settings = make_settings()
    other = make_settings(scaling="robust", categorical_features=())
    model = fit_model(sample, settings=settings)
    labels = nearest_centroids(
        dense_transform(sample, model=model), centroids=model.centroids
    )
    rows = compare_approaches(
        {"report": sample, "robust": sample.drop(columns="category_name")},
        settings_by_recipe={"report": settings, "robust": other},
        active_recipe="report",
        active_sample=sample,
        active_model=model,
        cluster_of_enterprise=pd.Series(labels, index=sample["enterprise_id"]),
    )
    return rows.set_index("approach")


def test_every_approach_finds_four_planted_groups(
    connection: DuckDBPyConnection,
) -> None:
    rows = compare(read_sample(make_planted_groups(), connection))
    assert rows.index.tolist() == [
        "report_recipe",
        "robust_recipe",
        "kmeans_on_ranks",
        "ward",
        "dbscan",
        "self_organising_map",
    ]
    by_distance = rows.drop(index=["kmeans_on_ranks", "dbscan"])
    assert set(by_distance["cluster_sizes"]) == {"25, 25, 25, 25"}
    assert by_distance["ari_to_active"].tolist() == [1.0] * 4
    assert rows["is_active"].tolist() == [True] + [False] * 5
    assert rows.loc["dbscan", "cluster_count"] == 4
    assert (rows.drop(index="dbscan")["noise_share"] == 0).all()
    assert set(rows["enterprise_count"]) == {100}


def test_the_active_row_shows_the_labels_that_are_given(
    connection: DuckDBPyConnection,
) -> None:
    sample = read_sample(make_enterprises(80), connection)
    settings = make_settings()
    model = fit_model(sample, settings=settings)
    # Labels that no fit would give, as those of a model fitted long ago.
    labels = np.arange(80) % 4
    rows = compare_approaches(
        {"report": sample},
        settings_by_recipe={"report": settings},
        active_recipe="report",
        active_sample=sample,
        active_model=model,
        cluster_of_enterprise=pd.Series(labels, index=sample["enterprise_id"]),
    ).set_index("approach")
    active = rows.loc["report_recipe"]
    space = dense_transform(sample, model=model)
    assert active["cluster_sizes"] == "20, 20, 20, 20"
    assert active["silhouette"] == pytest.approx(silhouette_score(space, labels))
    assert active["ari_to_active"] == 1
    assert abs(rows.loc["ward", "ari_to_active"]) < 0.2


def test_two_comparisons_of_shuffled_rows_are_equal(
    connection: DuckDBPyConnection,
) -> None:
    table = make_enterprises(90)
    shuffled = table.sample(frac=1, random_state=5)
    first = compare(read_sample(table, connection))
    again = compare(read_sample(shuffled, connection))
    pd.testing.assert_frame_equal(first, again, check_exact=True)


@pytest.mark.parametrize("count", [4, 5])
def test_approaches_that_need_more_enterprises_are_left_blank(
    connection: DuckDBPyConnection, count: int
) -> None:
    table = pd.concat([make_planted_groups(members=1), make_planted_groups(members=2)])
    table["enterprise_id"] = [f"e{i}" for i in range(len(table))]
    rows = compare(read_sample(table.head(count), connection))
    assert rows.loc["report_recipe", "cluster_count"] == 4
    assert rows.loc["dbscan"].drop(["is_active", "enterprise_count"]).isna().all()
    stored = typed_table(connection, rows.reset_index(), COLUMN_TYPES).fetchall()
    assert len(stored) == 6
    blank = next(row for row in stored if row[0] == "dbscan")
    assert blank == ("dbscan", False, count, *[None] * 7)


def test_ranks_share_ties_and_unknown_values_take_the_middle() -> None:
    sample = pd.DataFrame(
        {
            "enterprise_id": list("abcde"),
            "followers_total": [5.0, 1_000_000.0, 5.0, np.nan, 7.0],
            "followers_tiktok": [0.0] * 5,
        }
    )
    settings = make_settings(
        numeric_features=("followers_total", "followers_tiktok"),
        categorical_features=(),
    )
    ranks = standardised_ranks(sample, settings=settings)
    # Ranks 1.5, 4, 1.5, -, 3 around 2.5, with the unknown at 2.5.
    deviations = np.array([-1, 1.5, -1, 0, 0.5])
    expected = deviations / np.sqrt((deviations**2).mean())
    assert ranks[:, 0] == pytest.approx(expected)
    assert ranks[:, 1].tolist() == [0.0] * 5


def test_the_knee_is_farthest_below_the_line_between_the_ends() -> None:
    assert knee(np.array([0.0, 1.0, 1.0, 2.0, 10.0])) == 2.0
    assert knee(np.array([3.0, 3.0, 3.0])) == 3.0


def test_dbscan_leaves_a_lone_point_out() -> None:
    random = np.random.default_rng(0)
    groups = [random.normal(centre, 0.1, size=(30, 2)) for centre in (0, 5)]
    points = np.concatenate([*groups, [[2.5, 40.0]]])
    labels = label_by_dbscan(points, dimension=2)
    assert labels[-1] == -1
    assert adjusted_rand_score(labels[:60], [0] * 30 + [1] * 30) > 0.95


def test_dbscan_keeps_points_in_one_place_together() -> None:
    assert label_by_dbscan(np.zeros((10, 2)), dimension=2).tolist() == [0] * 10


@pytest.mark.parametrize(
    ("node_count", "shape"), [(2, (1, 2)), (4, (2, 2)), (5, (1, 5)), (6, (2, 3))]
)
def test_the_map_is_as_square_as_it_can_be(
    node_count: int, shape: tuple[int, int]
) -> None:
    assert map_shape(node_count) == shape


def test_nodes_that_are_nearest_to_nothing_are_no_clusters() -> None:
    points = np.array([[0.0], [0.0], [1.0], [1.0]])
    labels = label_by_self_organising_map(
        points, cluster_count=6, settings=make_settings()
    )
    assert sorted(np.unique(labels)) == list(range(labels.max() + 1))
    assert labels[0] == labels[1] != labels[2] == labels[3]


def test_a_figure_leaves_noise_out_and_is_nan_where_it_is_not_defined() -> None:
    points = np.array([[0.0], [1.0], [10.0], [11.0], [500.0]])
    labels = np.array([0, 0, 1, 1, -1])
    assert silhouette(points, labels=labels) == pytest.approx(
        silhouette_score(points[:4], labels[:4])
    )
    for undefined in ([0, 0, 0, 0, -1], [0, 1, 2, 3, 4], [-1] * 5):
        assert np.isnan(silhouette(points, labels=np.array(undefined)))
        assert np.isnan(davies_bouldin(points, labels=np.array(undefined)))


def test_the_sample_is_the_first_of_the_sample_of_the_fit(
    connection: DuckDBPyConnection,
) -> None:
    table = make_enterprises(60)
    sample = read_sample(table, connection, size=20)
    features = load_enterprises(connection, table)
    of_fit = read_fit_sample(features, settings=make_settings(fit_sample_size=20))
    pd.testing.assert_frame_equal(sample, of_fit)
    # A fit on fewer enterprises does not change who is looked at.
    again = read_evaluation_sample(
        features,
        settings=make_settings(fit_sample_size=10),
        evaluate="true",
        evaluation_sample_size="20",
    )
    pd.testing.assert_frame_equal(sample, again)


def test_nobody_is_looked_at_when_the_evaluation_is_switched_off(
    connection: DuckDBPyConnection,
) -> None:
    sample = read_evaluation_sample(
        load_enterprises(connection, make_enterprises(10)),
        settings=make_settings(),
        evaluate="False",
        evaluation_sample_size=2000,
    )
    assert sample.empty


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("evaluate", "maybe"),
        ("evaluation_sample_size", 0),
        ("evaluation_sample_size", "many"),
    ],
)
def test_a_variable_that_cannot_be_read_is_named(
    connection: DuckDBPyConnection, variable: str, value: object
) -> None:
    variables = {"evaluate": True, "evaluation_sample_size": 2000, variable: value}
    features = load_enterprises(connection, make_enterprises(5))
    with pytest.raises(SegmentationError, match=f"variable {variable} is {value!r}"):
        read_evaluation_sample(features, settings=make_settings(), **variables)
