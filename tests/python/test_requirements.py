"""A build that cannot end well is refused before anything is built."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from planted_data import VARIABLES, make_settings
from segmentation.builds.requirements import (
    check_features,
    check_given_variables,
    check_publish_dir,
    check_seeds,
    check_settings,
)
from segmentation.errors import SegmentationError

ENTRY = VARIABLES | {
    "members": "enterprise_segments",
    "measures": ["followers_total", "followers_facebook", "turnover_eur"],
    "identified_by": ["followers_total", "followers_facebook"],
    "dimensions": ["category_name"],
    "presence_flags": [],
    "data_measures": ["int_features_measured"],
}
MODELS = ["enterprise_features", "enterprise_segments", "int_features_measured"]


def check(connection, **changes):
    """Check the settings of the shipped project with some changed."""
    arguments = {
        "publish_dir": Path("published"),
        "segmentations": {"visibility": ENTRY},
        "models": MODELS,
        "published_settings": {},
        "raw_source": "seeds",
        "raw_data_dir": "",
        "language": "fr",
        "unnamed_segment": {"fr": "Nouveau segment", "en": "New segment"},
        "as_of": "2025-06-30 12:00:00",
        "data_set": "seeds",
        "published_data_set": None,
        "published_at": None,
        "given_variables": {"n_clusters": 4},
    }
    check_settings(connection, **{**arguments, **changes})


def load_features(connection, row_count=9):
    connection.execute(
        "create or replace table enterprise_features as select"
        " cast(range as varchar) as enterprise_id, range as followers_total,"
        " 'bar' as category_name, current_date as opened, now()::timestamp as seen"
        f" from range({row_count})"
    )


def check_table(connection, *, raw_rows=None, is_empty_run=False, **changes):
    lists = {"numeric_features": ["followers_total"], "measures": ["followers_total"]}
    check_features(
        connection,
        publish_dir=Path("published"),
        segmentation="visibility",
        variables=ENTRY | lists | changes,
        features="enterprise_features",
        raw_rows=raw_rows,
        is_empty_run=is_empty_run,
    )


def merged(**changes):
    """Give the merged variables of the one segmentation with some changed."""
    return {"segmentations": {"visibility": ENTRY | changes}}


def given(**variables):
    """Give variables of the command line."""
    return {"given_variables": variables}


def published(**changes):
    """Give the settings of a published model with some changed."""
    return {"published_settings": {"visibility": make_settings(**changes).to_json()}}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"language": "en"},
        {"raw_source": "files", "raw_data_dir": "data"},
        merged(identity_distance_limit="0.25", projection_variance_share="1"),
        merged(evaluate="false", minimum_stability_ari=1),
        merged(refit="never") | published(),
        {"published_data_set": "seeds"},
        {"published_at": datetime(2025, 6, 30, 12)},
        {"given_variables": {"confirm_size": "true", "added_up": ["turnover"]}},
        {"as_of": "2025-06-30T14:00:00+02:00"},
    ],
)
def test_variables_that_a_build_can_honour_are_accepted(connection, changes):
    check(connection, **changes)


@pytest.mark.parametrize(
    ("changes", "complaint", "remedy"),
    [
        (merged(n_clusters=1), "The variable n_clusters is 1", "of at least 2"),
        (merged(features=""), "Its entry has no features", "as 'visibility' has it"),
        (merged(measure=["x"]), "the unknown 'measure'", "did you mean measures?"),
        (merged(identified_by=["followers_total", "likes"]),
         "identified_by must name some of its measures", "names likes"),
        (merged(identified_by=[]), "identified_by must name some", "names none"),
        (merged(members="people"), "no model 'people'", "docs/segmentations.md"),
        ({"models": []}, "no model 'enterprise_segments'", "correct the entry"),
        ({"segmentations": {"Visible-2": ENTRY}},
         "The segmentation 'Visible-2' is named in models and tables",
         "small letters, digits and underscores only"),
        ({"raw_source": "excel"}, "raw_source is 'excel'", "of seeds, files, postgres"),
        ({"raw_source": "files"}, "RAW_DATA_DIR is not set", "the folder that holds"),
        ({"language": "de"}, "language is 'de'", "use one of fr, en"),
        (merged(refit="never"), "the publication holds no model yet",
         "build once with refit set to auto"),
        (merged(refit="never") | published(n_clusters=7, scaling="none"),
         "Now: n_clusters 4; scaling standard. Published model:"
         " n_clusters 7; scaling none.",
         "Set the variables back, or refit to auto"),
        ({"unnamed_segment": {"fr": "Nouveau"}, "language": "en"},
         "unnamed_segment has no name for the language 'en'", "to {'fr': 'Nouveau'}"),
        ({"as_of": "tomorrow"}, "as_of is 'tomorrow'", "such as 2025-06-30"),
        *(
            (given(**{name: value}), f"The variable {name} is {value!r}: write", remedy)
            for name, values, remedy in (
                ("unknown_texts", ("abc", 5, None, [False]), "a list of texts, such"),
                ("added_up", ("turnover", {"turnover": 1}), "a list of texts, such"),
                ("confirm_size", ("maybe", 1, None, []), "true or false"),
                ("minimum_cell_count", (0, "few", None), "number of at least 1"),
                ("unnamed_segment", ("abc", [], 5), "its entries as in dbt_project"),
                ("segmentations", ("abc", [], {}), "its entries as in dbt_project"),
            )
            for value in values
        ),
        (given(added_up=["tunover"]), "added_up names 'tunover'", "you mean turnover?"),
        (given(segmentations={"visibility": "abc"}),
         "Segmentation 'visibility': The variable segmentations is 'abc'", "entries"),
        (given(segmentations={"visibility": {"measures": "turnover_eur"}}),
         "Segmentation 'visibility': The variable measures is 'turnover_eur'", "list"),
        ({"published_at": datetime(2025, 7, 1)},
         "is of 2025-07-01 00:00:00, later than this build's clock",
         "as_of to a later time, or PUBLISH_DIR to another folder"),
        ({"given_variables": {"n_cluster": 4}},
         "There is no variable 'n_cluster'", "did you mean n_clusters?"),
        ({"given_variables": {"numeric_features": []}},
         "There is no variable 'numeric_features'", "set it in an entry of segmentat"),
        # Segments and history of two agencies in one file could not be told apart.
        ({"published_data_set": "files:/data/nice", "publish_dir": Path("shared/nice")},
         "The publication in shared/nice/ belongs to the data set 'files:/data/nice',"
         " and this build reads 'seeds'", "Set PUBLISH_DIR to another folder"),
        ({"published_data_set": "nice"}, "belongs to the data set 'nice'",
         "the variable data_set to 'nice'"),
    ],
)  # fmt: skip
def test_a_variable_is_refused_with_its_value_and_the_remedy(
    connection, changes, complaint, remedy
):
    with pytest.raises(SegmentationError) as refusal:
        check(connection, **changes)
    assert complaint in str(refusal.value)
    assert remedy in str(refusal.value)
    if "segmentations" in changes and "Visible-2" not in complaint:
        assert "Segmentation 'visibility': " in str(refusal.value)


@pytest.mark.parametrize(
    "options",
    [
        ["--vars", "{unknown_texts: 5, n_clusters: 4}"],
        ["--select", "x", "--vars=unknown_texts: 5"],
    ],
)
def test_variables_on_the_command_line_are_checked_before_dbt_reads_them(options):
    with pytest.raises(SegmentationError, match="unknown_texts is 5: write a list"):
        check_given_variables(options)


@pytest.mark.parametrize("options", [[], ["--vars"], ["--vars", "{"], ["--vars", "5"]])
def test_what_is_no_dictionary_of_variables_is_left_to_dbt(options):
    check_given_variables(options)


@pytest.mark.parametrize(
    "place", ["a_file", "build", "", "nowhere", "loop/x", "x" * 300]
)
def test_only_a_new_folder_or_one_of_its_own_is_a_place_to_publish(
    tmp_path, monkeypatch, place
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a_file").write_text("mine")
    (tmp_path / "build").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("/nowhere/at/all")
    check_publish_dir(Path("new"), working_dir=Path("build"))
    with pytest.raises(SegmentationError, match=r"PUBLISH_DIR is .* name a") as told:
        check_publish_dir(Path(place), working_dir=Path("build"))
    assert str(told.value).count("PUBLISH_DIR") == 1


@pytest.mark.parametrize(
    "update",
    [
        "followers_total = 7",
        # Unknown values make no difference: the fit imputes them, by the mean of the
        # known counts and by the commonest text.
        "followers_total = case when followers_total < 4 then 7 end,"
        " category_name = case when enterprise_id < '3' then category_name end",
    ],
)
def test_fewer_different_members_than_clusters_are_refused(connection, update):
    load_features(connection)
    connection.execute(f"update enterprise_features set {update}")
    with pytest.raises(SegmentationError, match="only 1 different feature values"):
        check_table(connection)


@pytest.mark.parametrize(
    ("row_count", "changes", "complaint"),
    [
        (4, {}, None),
        (3, {}, "3 members, fewer than n_clusters = 4"),
        # A model that is kept whatever happens scores as few as there are.
        (1, {"refit": "never"}, None),
        (0, {"refit": "never"}, "has 0 members"),
        (0, {"is_empty_run": True}, None),
        (0, {"is_empty_run": True, "numeric_features": ["likes"]}, "'likes' is not a"),
        (9, {"categorical_features": ["town"]},
         "'town' is not a column of enterprise_features: correct"),
        (9, {"categorical_features": ["enterprise_id"]},
         "The key 'enterprise_id' is no feature: take it out"),
        *(
            (9, {"numeric_features": [name], "categorical_features": []},
             f"'{name}' is of type {type_}: move it to categorical_features")
            for name, type_ in [
                ("category_name", "VARCHAR"), ("opened", "DATE"), ("seen", "TIMESTAMP"),
            ]
        ),
        (9, {"measures": ["follower_total"]},
         "'follower_total' in measures is not a column of enterprise_features: did you"
         " mean followers_total?"),
        (9, {"dimensions": ["town"]}, "'town' in dimensions is not a column"),
        (9, {"presence_flags": ["has_x"]}, "'has_x' in presence_flags is not a column"),
        (9, {"n_init": 0}, "n_init is 0"),
    ],
)  # fmt: skip
def test_a_feature_table_that_a_fit_cannot_use_is_refused(
    connection, row_count, changes, complaint
):
    load_features(connection, row_count)
    if complaint is None:
        check_table(connection, **changes)
        return
    with pytest.raises(SegmentationError, match=re.escape(complaint)):
        check_table(connection, **changes)


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
        (b"city_name;alias\nAngers;A\n", "by ';': save it as CSV with commas"),
        (b"citiname,alias\nAngers,A\n", "rename 'citiname' to 'city_name'"),
    ],
)
def test_a_seed_that_dbt_would_load_wrongly_is_refused_with_its_name(
    connection, tmp_path, content, message
):
    path = tmp_path / "cities.csv"
    # A byte-order mark and another order of columns do not matter.
    path.write_text("alias,city_name\nA,Angers\n", encoding="utf-8-sig")
    check_seed(connection, path)
    path.write_bytes(content)
    with pytest.raises(SegmentationError) as refusal:
        check_seed(connection, path)
    assert message in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_without_members_a_segmentation_is_left_out_only_without_raw_rows(connection):
    load_features(connection, row_count=0)
    connection.execute("create or replace table raw_rows (line_id varchar)")
    check_table(connection, raw_rows="raw_rows")
    connection.execute("insert into raw_rows values ('1')")
    with pytest.raises(SegmentationError, match="has 0 members, fewer"):
        check_table(connection, raw_rows="raw_rows")
