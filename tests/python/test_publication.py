"""The published file is replaced as a whole after a green build, or not touched."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import duckdb
import pytest
from segmentation.errors import SegmentationError
from segmentation.publication import (
    database_file,
)
from segmentation.publication.memory import (
    CATALOG,
    DATABASE_NAME,
    MEMORY_TABLES,
    SCHEMA_VERSION,
    attach_previous_publication,
    identify_publication,
)
from small_publication import (
    GREEN,
    MARTS,
    PUBLISHED,
    files_in,
    open_published,
    publish_build,
)

# The second table is read of the file only when the line has come in.
READ_BEFORE_AND_AFTER = """
import sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    print(connection.sql("select data_set from publication").fetchall(), flush=True)
    sys.stdin.readline()
    print(connection.sql("select distinct segment_key from enterprise_segments"))
"""


def attached(publish_dir, working_dir):
    """Connect as a build does, remembering the last publication."""
    connection = duckdb.connect()
    attach_previous_publication(
        connection, publish_dir=publish_dir, working_dir=working_dir
    )
    return connection


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"command": "run"}, "this was 'dbt run'"),
        ({"command": "retry"}, "this was 'dbt retry'"),
        ({"is_empty_run": True}, "--empty builds tables without rows"),
        *(
            ({"results": [*GREEN[:2], ["test.unique", status], GREEN[3]]}, reason)
            for status, reason in (
                ("fail", "test.unique failed"),
                ("error", "test.unique failed"),
                ("skipped", "test.unique was skipped"),
                ("runtime error", "test.unique failed"),
            )
        ),
        (
            {"results": [["model.clusters", "error"], ["test.unique", "skipped"]]},
            "model.clusters failed, 1 were skipped",
        ),
        (
            {"results": [["a.skipped", "skipped"], ["b", "fail"], ["c", "error"]]},
            "b and 1 more failed, 1 were skipped",
        ),
        ({"results": GREEN[:2]}, "left out 2 of 4 models, seeds and tests"),
        ({"results": []}, "left out 4 of 4"),
    ],
)
def test_what_is_no_whole_green_build_leaves_the_publication_alone_and_says_why(
    build, publish_dir, changes, reason
):
    publish_build(build, publish_dir)
    before = (publish_dir / DATABASE_NAME).read_bytes()
    build.execute("delete from marts.enterprise_segments")

    sentence = publish_build(build, publish_dir, **changes)

    assert sentence.startswith("Not published: ")
    assert reason in sentence
    assert (publish_dir / DATABASE_NAME).read_bytes() == before
    assert files_in(publish_dir) == PUBLISHED


def test_two_builds_that_publish_at_once_take_turns(build, publish_dir):
    """Each wrote and removed the other's unfinished file before they waited."""
    publish_build(build, publish_dir)

    def publish_when_it_is_the_turn(engine):
        while True:
            # Refused where the other one has published meanwhile.
            with suppress(SegmentationError):
                return publish_build(engine, publish_dir)

    def publish_often(engine):
        return [publish_when_it_is_the_turn(engine) for _ in range(8)]

    with duckdb.connect() as other_engine, ThreadPoolExecutor(2) as pool:
        other_engine.execute("attach ':memory:' as build; create schema build.marts")
        for mart in MARTS:
            rows = build.sql(f"select * from {mart['relation']}").df()
            other_engine.register("rows", rows)
            other_engine.execute(f"create table {mart['relation']} as from rows")
        publishing = [
            pool.submit(publish_often, engine) for engine in (build, other_engine)
        ]
        while not all(future.done() for future in publishing):
            with open_published(publish_dir) as reader:
                count = reader.sql("select count(*) from enterprise_segments")
                assert count.fetchall() == [(500,)]
        answers = [answer for future in publishing for answer in future.result()]
    assert len(answers) == 16
    assert all(answer.startswith("Published 3 tables") for answer in answers)


def test_a_refused_first_publication_does_not_even_make_the_folder(build, publish_dir):
    publish_build(build, publish_dir, command="run")

    assert not publish_dir.exists()


def test_a_green_build_with_warnings_is_published_and_nothing_lies_beside_the_file(
    build, publish_dir
):
    sentence = publish_build(build, publish_dir)

    assert sentence == f"Published 3 tables and 1 files to {publish_dir}/."
    assert files_in(publish_dir) == PUBLISHED
    assert (
        build.sql("select database_name from duckdb_databases()")
        .filter("database_name = 'publication'")
        .fetchall()
        == []
    )


def test_published_tables_are_those_of_the_build_in_the_order_of_their_key(
    build, publish_dir
):
    """Sorted, so that equal data gives equal files and a lookup reads little."""
    publish_build(build, publish_dir)

    with open_published(publish_dir) as published:
        keys = published.sql("select enterprise_id from enterprise_segments").fetchall()
        fits = published.sql("select fit_id, reason from segmentation_fits").fetchall()
        profiles = published.sql("select * from cluster_profiles")
        profile_types = profiles.types
        profile_rows = profiles.fetchall()

    assert keys == [(f"e{i:03d}",) for i in range(500)]
    assert fits == [(1, "first fit"), (2, "refit")]
    assert profile_types == build.table("marts.cluster_profiles").types
    assert profile_rows == build.table("marts.cluster_profiles").fetchall()


def test_the_publication_says_what_it_holds_of_which_data_set_and_when(
    build, publish_dir
):
    publish_build(build, publish_dir, data_set="l'agence de Nice")

    with open_published(publish_dir) as published:
        row = published.sql(
            "select data_set, cast(published_at as varchar), fit_id,"
            " enterprise_count, schema_version from publication"
        ).fetchall()

    assert row == [("l'agence de Nice", "2024-03-01 12:30:00", 2, 500, SCHEMA_VERSION)]


def test_descriptions_travel_with_the_tables_and_columns(build, publish_dir):
    """A BI tool shows them: nobody has to look into the project."""
    publish_build(build, publish_dir)

    with open_published(publish_dir) as published:
        of_tables = dict(
            published.sql("select table_name, comment from duckdb_tables()").fetchall()
        )
        of_columns = published.sql(
            "select comment from duckdb_columns() where column_name = 'segment_key'"
            " and table_name = 'enterprise_segments'"
        ).fetchall()

    assert {name: of_tables[name] for name in of_tables if name != "publication"} == {
        mart["name"]: mart["description"] for mart in MARTS
    }
    assert of_tables["publication"]
    assert of_columns == [(MARTS[0]["columns"]["segment_key"],)]


@pytest.mark.parametrize(
    ("row_limit", "keyed"),
    [
        (500, {"enterprise_segments", "segmentation_fits"}),
        (499, {"segmentation_fits"}),
    ],
)
def test_a_primary_key_is_published_up_to_a_number_of_rows(
    build, publish_dir, monkeypatch, row_limit, keyed
):
    """It shows a tool what joins; on a large table it costs more than it tells."""
    monkeypatch.setattr(database_file, "PRIMARY_KEY_ROW_LIMIT", row_limit)

    publish_build(build, publish_dir)

    with open_published(publish_dir) as published:
        found = published.sql(
            "select table_name from duckdb_constraints()"
            " where constraint_type = 'PRIMARY KEY'"
        ).fetchall()
        first = published.table("enterprise_segments").limit(1).fetchall()
    assert {name for (name,) in found} == keyed
    assert first == [("e000", "facebook_leaders")]


def test_the_file_is_in_the_format_that_duckdb_1_2_reads(build, publish_dir):
    publish_build(build, publish_dir)

    with open_published(publish_dir) as published:
        ((tags,),) = published.sql(
            "select tags from duckdb_databases() where not internal"
        ).fetchall()
    assert tags["storage_version"].startswith(database_file.STORAGE_VERSION)


@pytest.mark.parametrize(
    "breakage",
    [
        "drop table marts.cluster_profiles",
        "insert into marts.enterprise_segments values ('e000', 'twice')",
    ],
    ids=["a mart is missing", "a key is there twice"],
)
def test_a_failure_while_writing_leaves_the_last_publication_and_names_the_file(
    build, publish_dir, breakage
):
    publish_build(build, publish_dir)
    before = (publish_dir / DATABASE_NAME).read_bytes()
    build.execute(breakage)

    with pytest.raises(SegmentationError) as failure:
        publish_build(build, publish_dir)

    assert f"{publish_dir / DATABASE_NAME} could not be written" in str(failure.value)
    assert "The last publication is as it was" in str(failure.value)
    assert (publish_dir / DATABASE_NAME).read_bytes() == before


def test_a_failure_while_writing_leaves_nothing_beside_the_publication(
    build, publish_dir
):
    """On a full disk the unfinished file would keep the space that is missing."""
    publish_build(build, publish_dir)
    build.execute("drop table marts.cluster_profiles")

    with pytest.raises(SegmentationError):
        publish_build(build, publish_dir)

    assert files_in(publish_dir) == PUBLISHED


def test_a_build_that_failed_to_publish_can_be_published_by_the_same_process(
    build, publish_dir
):
    with pytest.raises(SegmentationError):
        publish_build(build, publish_dir, marts=[{**MARTS[0], "relation": "nowhere"}])

    publish_build(build, publish_dir)

    assert files_in(publish_dir) == PUBLISHED


def test_a_file_in_place_of_the_folder_is_an_error_that_leaves_it_alone(
    build, publish_dir
):
    publish_dir.parent.mkdir()
    publish_dir.write_text("somebody's notes")

    with pytest.raises(SegmentationError, match="a wrong PUBLISH_DIR"):
        publish_build(build, publish_dir)

    assert publish_dir.read_text() == "somebody's notes"


def test_a_build_that_began_before_the_last_publication_does_not_replace_it(
    build, publish_dir
):
    """It does not know the changes that were published meanwhile."""
    publish_build(build, publish_dir)
    remembered_file = identify_publication(publish_dir)
    publish_build(build, publish_dir, published_at="2024-04-01")
    before = (publish_dir / DATABASE_NAME).read_bytes()

    with pytest.raises(SegmentationError, match="has changed since it began"):
        publish_build(build, publish_dir, remembered_file=remembered_file)

    assert (publish_dir / DATABASE_NAME).read_bytes() == before
    assert files_in(publish_dir) == PUBLISHED


def test_what_a_killed_publication_left_behind_is_cleared(build, publish_dir):
    publish_build(build, publish_dir)
    (publish_dir / ".unfinished").mkdir()
    for name in (
        f".unfinished/{DATABASE_NAME}",
        f".{DATABASE_NAME}.copy",
        f".{DATABASE_NAME}.read",
        "exports/.clients.csv.copy",
        f"{DATABASE_NAME}.wal",
    ):
        (publish_dir / name).write_bytes(b"half a file")

    publish_build(build, publish_dir, data_set="after the kill")

    assert files_in(publish_dir) == PUBLISHED
    assert files_in(publish_dir / "exports") == ["clients.csv"]
    with open_published(publish_dir) as published:
        assert published.table("publication").fetchall()[0][0] == "after the kill"


def test_a_reader_keeps_the_old_data_while_the_new_file_is_put_in_place(
    build, publish_dir
):
    """A dashboard may stay open over a build, and neither waits for the other.

    The reader is a process of its own: within one process, DuckDB would share the
    open file.
    """
    publish_build(build, publish_dir, data_set="old")
    with subprocess.Popen(
        [sys.executable, "-c", READ_BEFORE_AND_AFTER, str(publish_dir / DATABASE_NAME)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        before = reader.stdout.readline()
        build.execute("update marts.enterprise_segments set segment_key = 'renamed'")
        publish_build(build, publish_dir, data_set="new")
        with open_published(publish_dir) as published:
            keys = published.sql("select distinct segment_key from enterprise_segments")
            keys_now = keys.fetchall()
        after, _ = reader.communicate("\n")

    assert "old" in before
    assert reader.returncode == 0
    assert "facebook_leaders" in after
    assert keys_now == [("renamed",)]


def test_equal_builds_give_equal_tables_whatever_the_order_of_their_rows(
    build, tmp_path
):
    contents = []
    for name in ("first", "second"):
        publish_build(build, tmp_path / name)
        with open_published(tmp_path / name) as published:
            contents.append(
                {
                    mart["name"]: published.table(mart["name"]).fetchall()
                    for mart in MARTS
                }
            )
        build.execute(
            "create or replace table marts.enterprise_segments as"
            " select * from marts.enterprise_segments order by md5(enterprise_id)"
        )

    assert contents[0] == contents[1]


def test_before_the_first_publication_the_memory_is_empty_tables(tmp_path):
    """So that every model reads it in one way, from the first build on."""
    with attached(tmp_path / "published", tmp_path) as connection:
        for table, columns in MEMORY_TABLES.items():
            relation = connection.table(f"{CATALOG}.main.{table}")
            assert relation.columns == list(columns)
            assert [str(t).lower() for t in relation.types] == list(columns.values())
            assert relation.fetchall() == []


def test_a_build_remembers_what_was_published_last(build, publish_dir, tmp_path):
    """A column that an older publication lacks is unknown, and others are kept."""
    publish_build(build, publish_dir)

    with attached(publish_dir, tmp_path / "build") as connection:
        memory = f"{CATALOG}.main"
        registry = connection.sql(f"from {memory}.segment_registry").fetchall()
        clusters = connection.sql(
            f"select fit_id, cluster_id, segment_key from {memory}.fit_clusters"
        ).fetchall()
        fits = connection.sql(
            f"select fit_id, reason, inertia from {memory}.segmentation_fits"
        ).fetchall()
        changes = connection.sql(
            "select change_number, changed_at, from_segment_key, to_segment_key, cause,"
            f" fit_id, count(*) from {memory}.segment_changes group by all"
        ).fetchall()
        keys = connection.sql(f"from {memory}.enterprise_segments").count("*")
        data_set = connection.sql(f"select data_set from {memory}.publication")

        # What older publications say of segments in other tables is understood.
        means = (9000.5, 8000.0, 800.0, None)
        assert registry == [("facebook_leaders", None, True, 2, 2, None, *means)]
        assert clusters == [(2, 0, "facebook_leaders")]
        came = (1, datetime(2024, 3, 1, 12, 30), None, "facebook_leaders", "new", 2)
        assert changes == [(*came, 500)]
        assert fits == [(1, "first fit", None), (2, "refit", None)]
        assert keys.fetchall() == [(500,)]
        assert data_set.fetchall() == [("seeds",)]
    assert files_in(tmp_path / "build") == ["build.duckdb", "build.duckdb.wal"]


def test_reading_the_memory_leaves_the_published_file_free_and_unchanged(
    build, publish_dir, tmp_path
):
    publish_build(build, publish_dir)
    before = (publish_dir / DATABASE_NAME).read_bytes()

    with attached(publish_dir, tmp_path):
        publish_build(build, publish_dir, data_set="next")

    assert files_in(publish_dir) == PUBLISHED
    assert (publish_dir / DATABASE_NAME).read_bytes() != before


@pytest.mark.parametrize(
    "kind", ["no database", "cut short", "empty", "somebody else's database"]
)
def test_a_publication_that_cannot_be_read_stops_the_build_and_says_how_to_go_on(
    build, publish_dir, tmp_path, kind
):
    """Going on without it would begin a new history and overwrite the old one."""
    publish_build(build, publish_dir)
    published = publish_dir / DATABASE_NAME
    if kind == "no database":
        published.write_text("not a database " * 1000)
    elif kind == "cut short":
        os.truncate(published, 5000)
    elif kind == "empty":
        published.write_bytes(b"")
    else:
        published.unlink()
        with duckdb.connect(published) as connection:
            connection.execute("create table notes (data_set varchar)")
    working_dir = tmp_path / "working"
    working_dir.mkdir()

    with pytest.raises(SegmentationError) as failure:
        attached(publish_dir, working_dir)

    assert f"The publication {published} cannot be read" in str(failure.value)
    assert "move it away to start without a memory" in str(failure.value)
    assert files_in(working_dir) == []


def test_the_build_folder_may_have_an_apostrophe_in_its_path(
    build, publish_dir, tmp_path
):
    publish_build(build, publish_dir)
    working_dir = tmp_path / "l'agence" / "build"
    working_dir.mkdir()

    attached(publish_dir, working_dir).close()
