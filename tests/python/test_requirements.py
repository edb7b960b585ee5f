"""A build that cannot end well is refused before anything is built."""

import json
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from segmentation.builds.requirements import (
    check_features,
    check_publish_dir,
    check_seeds,
    check_settings,
)
from segmentation.errors import SegmentationError
from segmentation.learning.settings import FitSettings

FIT_SETTINGS = {
    "numeric_features": ["followers_total"],
    "categorical_features": ["category_name"],
    "n_clusters": 4,
    "random_state": 42,
    "n_init": 10,
    "scaling": "standard",
    "fit_sample_size": 50_000,
}
REFIT_POLICY = {
    "refit": "auto",
    "refit_after_days": 365,
    "refit_below_ari": 0.8,
    "refit_minimum_gain": 0.05,
}


def fit_variables(**changes):
    """Write the variables of a fit as the macros hand them over."""
    variables = FIT_SETTINGS | {"recipe": "report", "robust_recipe": {}}
    return json.dumps(variables | changes)


EVALUATION = {
    "evaluate": True,
    "evaluation_sample_size": 2000,
    "minimum_cluster_size": 5,
    "minimum_stability_ari": 0.8,
}


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


def check(connection, **changes):
    """Check the settings of the shipped project with some changed."""
    arguments = {
        "publish_dir": Path("published"),
        "fit_variables": fit_variables(),
        "raw_source": "seeds",
        "raw_data_dir": "",
        "refit_policy": REFIT_POLICY,
        "published_settings": None,
        "language": "fr",
        "unnamed_segment": {"fr": "Nouveau segment", "en": "New segment"},
        "identity_distance_limit": 0.5,
        "projection_variance_share": 0.85,
        "evaluation": EVALUATION,
        "as_of": "2025-06-30 12:00:00",
        "data_set": "seeds",
        "published_data_set": None,
        "published_at": None,
        "given_variables": ["n_clusters"],
    }
    check_settings(connection, **{**arguments, **changes})


def load_features(connection, *, row_count):
    connection.execute(
        "create table enterprise_features as select cast(range as varchar)"
        " as enterprise_id, range as followers_total, 'bar' as category_name"
        f" from range({row_count})"
    )


def check_table(connection, *, refit="auto", is_empty_run=False, **settings):
    check_features(
        connection,
        publish_dir=Path("published"),
        features="enterprise_features",
        fit_variables=fit_variables(**settings),
        refit=refit,
        is_empty_run=is_empty_run,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"language": "en"},
        {"raw_source": "files", "raw_data_dir": "data"},
        {"identity_distance_limit": "0.25"},
        {"identity_distance_limit": 1},
        {"projection_variance_share": "1"},
        {"evaluation": {**EVALUATION, "evaluate": "false"}},
        {"evaluation": {**EVALUATION, "minimum_stability_ari": 1}},
        {"published_data_set": "seeds"},
        {"published_at": datetime(2025, 6, 30, 12)},
        {"as_of": "2025-06-30T14:00:00+02:00"},
    ],
)
def test_variables_that_a_build_can_honour_are_accepted(connection, changes):
    check(connection, **changes)


@pytest.mark.parametrize(
    ("changes", "complaint", "remedy"),
    [
        (
            {"fit_variables": fit_variables(n_clusters=1)},
            "n_clusters is 1",
            "two clusters are the least",
        ),
        (
            {"raw_source": "excel"},
            "raw_source is 'excel'",
            "one of seeds, files, postgres",
        ),
        ({"raw_source": "files"}, "RAW_DATA_DIR is not set", "the folder that holds"),
        ({"language": "de"}, "language is 'de'", "use one of fr, en"),
        (
            {"refit_policy": REFIT_POLICY | {"refit": "monthly"}},
            "refit is 'monthly'",
            "use one of auto, always, never",
        ),
        (
            {"refit_policy": REFIT_POLICY | {"refit_after_days": 0}},
            "refit_after_days is 0",
            "a positive number of days",
        ),
        (
            {"refit_policy": REFIT_POLICY | {"refit_after_days": float("inf")}},
            "refit_after_days is inf",
            "a large one for no limit",
        ),
        (
            {"refit_policy": REFIT_POLICY | {"refit_below_ari": "low"}},
            "refit_below_ari is 'low'",
            "write a number",
        ),
        (
            {"refit_policy": REFIT_POLICY | {"refit_minimum_gain": 5}},
            "refit_minimum_gain is 5",
            "a share of the inertia",
        ),
        (
            {"refit_policy": REFIT_POLICY | {"refit": "never"}},
            "the publication holds no model yet",
            "build once with refit set to auto",
        ),
        (
            {
                "refit_policy": REFIT_POLICY | {"refit": "never"},
                "published_settings": FitSettings.from_variables(
                    **FIT_SETTINGS | {"n_clusters": 7, "scaling": "none"}
                ).to_json(),
            },
            "Now: n_clusters 4; scaling standard. Published model:"
            " n_clusters 7; scaling none.",
            "Set the variables back, or refit to auto",
        ),
        (
            {"fit_variables": fit_variables(recipe="secret")},
            "recipe is 'secret'",
            "use one of report, robust",
        ),
        *(
            ({"identity_distance_limit": value}, f"limit is {value!r}", "such as 0.5")
            for value in (0, -1, "far", None, "", float("nan"), float("inf"))
        ),
        *(
            ({"projection_variance_share": value}, f"is {value!r}", "such as 0.85")
            for value in (0, 1.01, 85, "much", None, float("nan"))
        ),
        *(
            (
                {"evaluation": {**EVALUATION, variable: value}},
                f"{variable} is {value!r}",
                remedy,
            )
            for variable, value, remedy in (
                ("evaluate", "maybe", "use true or false"),
                ("evaluation_sample_size", 0, "such as 2000"),
                ("minimum_cluster_size", "few", "such as 5"),
                ("minimum_cluster_size", None, "such as 5"),
                ("minimum_stability_ari", 80, "from -1 to 1, such as 0.8"),
                ("minimum_stability_ari", None, "from -1 to 1, such as 0.8"),
            )
        ),
        (
            {"unnamed_segment": {"fr": "Nouveau"}, "language": "en"},
            "unnamed_segment has no name for the language 'en'",
            "add it to {'fr': 'Nouveau'}",
        ),
        ({"as_of": "tomorrow"}, "as_of is 'tomorrow'", "such as 2025-06-30"),
        (
            {"published_at": datetime(2025, 7, 1)},
            "is of 2025-07-01 00:00:00, later than this build's clock",
            "as_of to a later time, or PUBLISH_DIR to another folder",
        ),
        (
            {"given_variables": ["n_cluster"]},
            "There is no variable 'n_cluster'",
            "did you mean n_clusters?",
        ),
        (
            {"published_data_set": "files:/data/nice"},
            "belongs to the data set 'files:/data/nice', and this build reads 'seeds'",
            "Set PUBLISH_DIR to another folder",
        ),
    ],
)
def test_a_variable_is_refused_with_its_value_and_the_remedy(
    connection, changes, complaint, remedy
):
    with pytest.raises(SegmentationError) as refusal:
        check(connection, **changes)

    assert complaint in str(refusal.value)
    assert remedy in str(refusal.value)


def test_another_data_set_is_refused_with_the_folder_and_the_way_to_keep_the_memory(
    connection,
):
    """Segments and history of two agencies in one file could not be told apart."""
    with pytest.raises(SegmentationError) as refusal:
        check(connection, publish_dir=Path("shared/nice"), published_data_set="nice")

    assert "The publication in shared/nice/" in str(refusal.value)
    assert "the variable data_set to 'nice'" in str(refusal.value)


@pytest.mark.parametrize("place", ["a file", "the build folder", "the project"])
def test_a_place_where_nothing_should_be_published_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").write_text("mine")
    (tmp_path / "build").mkdir()
    publish_dir = {"a file": "notes", "the build folder": "build", "the project": ""}
    with pytest.raises(SegmentationError, match=r"PUBLISH_DIR is .* name a folder"):
        check_publish_dir(Path(publish_dir[place]), working_dir=Path("build"))


def test_a_folder_that_does_not_exist_yet_is_a_place_to_publish(tmp_path: Path) -> None:
    check_publish_dir(tmp_path / "new", working_dir=tmp_path / "build")


def test_fewer_different_enterprises_than_clusters_are_refused(connection) -> None:
    load_features(connection, row_count=9)
    connection.execute("update enterprise_features set followers_total = 7")

    with pytest.raises(SegmentationError, match="only 1 different feature values"):
        check_table(connection)


def test_unknown_values_make_no_difference_between_enterprises(connection) -> None:
    """The fit imputes them: the mean of the known counts, the commonest category."""
    load_features(connection, row_count=9)
    connection.execute(
        "update enterprise_features set followers_total ="
        " case when followers_total < 4 then 7 end,"
        " category_name = case when enterprise_id < '3' then category_name end"
    )

    with pytest.raises(SegmentationError, match="only 1 different feature values"):
        check_table(connection)


def test_as_many_enterprises_as_clusters_are_enough(connection):
    load_features(connection, row_count=4)

    check_table(connection)


def test_fewer_enterprises_than_clusters_are_refused_with_both_numbers(connection):
    load_features(connection, row_count=3)

    with pytest.raises(SegmentationError) as refusal:
        check_table(connection)

    assert "3 active enterprises, fewer than n_clusters = 4" in str(refusal.value)


def test_a_model_that_is_kept_needs_no_more_than_one_enterprise(connection):
    load_features(connection, row_count=1)

    check_table(connection, refit="never")
    connection.execute("delete from enterprise_features")
    with pytest.raises(SegmentationError, match="0 active enterprises"):
        check_table(connection, refit="never")


def test_an_empty_run_needs_no_enterprise_but_every_feature(connection):
    load_features(connection, row_count=0)

    check_table(connection, is_empty_run=True)
    with pytest.raises(SegmentationError, match="'likes' is not a column"):
        check_table(connection, is_empty_run=True, numeric_features=["likes"])


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"numeric_features": ["likes"]}, "'likes' is not a column"),
        ({"categorical_features": ["town"]}, "'town' is not a column"),
        (
            {
                "numeric_features": ["category_name"],
                "categorical_features": [],
            },
            "'category_name' is of type VARCHAR",
        ),
        ({"n_init": 0}, "n_init is 0"),
    ],
)
def test_a_feature_that_the_fit_cannot_use_is_refused(connection, settings, complaint):
    load_features(connection, row_count=10)

    with pytest.raises(SegmentationError, match=complaint):
        check_table(connection, **settings)


def check_seed(connection, path: Path) -> None:
    check_seeds(
        connection,
        publish_dir=Path("published"),
        seeds=[{"path": str(path), "columns": ["city_name", "alias"]}],
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cities.csv is empty: write it again, with the header line city_name,a"),
        ("city_name,alias\nRezé,Reze\n".encode("latin-1"), "not in UTF-8 (line 2)"),
        (
            b"city_name;alias\nAngers;A\n",
            "separated by ';': save it as CSV with commas",
        ),
        (b"citiname,alias\nAngers,A\n", "rename 'citiname' to 'city_name'"),
        (b"alias\nA\n", "has no column 'city_name': add 'city_name' to it"),
    ],
)
def test_a_seed_that_dbt_would_load_wrongly_is_refused_with_its_name(
    connection, tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "cities.csv"
    path.write_bytes(content)
    with pytest.raises(SegmentationError) as refusal:
        check_seed(connection, path)
    assert message in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_a_seed_with_a_byte_order_mark_and_columns_in_another_order_passes(
    connection, tmp_path: Path
) -> None:
    path = tmp_path / "cities.csv"
    path.write_text("alias,city_name\nA,Angers\n", encoding="utf-8-sig")
    check_seed(connection, path)
