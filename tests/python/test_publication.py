"""The published file is replaced as a whole after a green build, or not touched."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest
from segmentation.errors import SegmentationError
from segmentation.publication import publishing
from segmentation.publication.memory import (
    CATALOG,
    DATABASE_NAME,
    SCHEMA_VERSION,
    attach_previous_publication,
    identify_publication,
)
from small_publication import (
    ENTERPRISE_COUNT,
    EXPORT,
    GREEN,
    KEYS,
    MARTS,
    PUBLISHED,
    contents_of,
    files_in,
    make_marts,
    open_published,
    publish_build,
)


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
            ({"results": [*GREEN[:2], ["test.unique", status]]}, "test.unique failed")
            for status in ("fail", "error", "runtime error")
        ),
        ({"results": [["a", "success"], ["b", "skipped"]]}, "b was skipped"),
        ({"results": [["a", "error"], ["test.unique", "skipped"]]},
         "a failed, 1 were skipped"),
        ({"results": [["a.skipped", "skipped"], ["b", "fail"], ["c", "error"]]},
         "b and 1 more failed, 1 were skipped"),
        ({"results": [*GREEN, ["unit_test.b", "fail"]]}, "unit_test.b failed"),
        ({"results": GREEN[:1]}, "left out 2 of 3 models, seeds and tests"),
        ({"results": []}, "left out 3 of 3"),
    ],
)  # fmt: skip
def test_what_is_no_whole_green_build_leaves_the_publication_alone_and_says_why(
    build, publish_dir, changes, reason
):
    publish_build(build, publish_dir)
    before = contents_of(publish_dir)
    build.execute("delete from enterprise_segments")
    sentence = publish_build(build, publish_dir, **changes)
    assert sentence.startswith("Not published: ")
    assert reason in sentence
    assert contents_of(publish_dir) == before


def test_two_builds_that_publish_at_once_take_turns(build, publish_dir):
    """Each wrote and removed the other's unfinished file before they waited."""
    publish_build(build, publish_dir)

    def publish_when_it_is_the_turn(engine):
        while True:
            # Refused where the other one has published meanwhile.
            try:
                return publish_build(engine, publish_dir)
            except SegmentationError as refusal:
                if "has changed since it began" not in str(refusal):
                    raise

    def publish_often(engine):
        return [publish_when_it_is_the_turn(engine) for _ in range(2)]

    with duckdb.connect() as other_engine, ThreadPoolExecutor(2) as pool:
        other_engine.execute("attach ':memory:' as build")
        make_marts(other_engine)
        publishing = [
            pool.submit(publish_often, engine) for engine in (build, other_engine)
        ]
        while not all(future.done() for future in publishing):
            with open_published(publish_dir) as reader:
                count = reader.sql("select count(*) from enterprise_segments")
                assert count.fetchall() == [(ENTERPRISE_COUNT,)]
        answers = [answer for future in publishing for answer in future.result()]
    assert [answer[:19] for answer in answers] == [f"Published {len(MARTS)} tables"] * 4


def test_a_green_build_is_published_with_what_it_is_and_nothing_else(
    build, publish_dir
):
    publish_build(build, publish_dir, command="run")
    assert not publish_dir.exists()

    sentence = publish_build(build, publish_dir, data_set="l'agence de Nice")

    assert sentence == (f"Published {len(MARTS)} tables and 7 files to {publish_dir}/.")
    assert files_in(publish_dir) == PUBLISHED
    attached = build.sql("select database_name from duckdb_databases()").fetchall()
    assert ("publication",) not in attached
    with open_published(publish_dir) as published:
        *texts, segmentations, tables, files = published.sql(
            "select * replace (published_at::text as published_at) from publication"
        ).fetchall()[0]
        keys = published.sql("select enterprise_id from enterprise_segments").fetchall()
        fits = published.sql("select fit_id, reason from segmentation_fits").fetchall()
        segments = published.table("segment_overview")
        assert segments.types == build.table("segment_overview").types
        assert segments.fetchall() == build.table("segment_overview").fetchall()
        of_tables = dict(
            published.sql("select table_name, comment from duckdb_tables()").fetchall()
        )
        of_columns = published.sql(
            "select comment from duckdb_columns() where column_name = 'enterprise_id'"
            " and table_name = 'enterprise_segments'"
        ).fetchall()
        ((tags,),) = published.sql(
            "select tags from duckdb_databases() where not internal"
        ).fetchall()

    of_build = ["l'agence de Nice", "seeds", "2024-03-01 12:30:00", "fr"]
    assert texts == [*of_build, SCHEMA_VERSION]
    # A segmentation that was not built, such as of sales, is not in it.
    assert json.loads(segmentations) == {
        "visibility": {
            "fit_id": 2,
            "member_count": ENTERPRISE_COUNT,
            "members": "enterprise_segments",
            "key": "enterprise_id",
            "measures": ["followers_total", "turnover_eur"],
            "dimensions": ["category_name", "city_name"],
        }
    }
    tables = json.loads(tables)
    assert len(tables) == len(MARTS)
    assert (tables["enterprise_segments"], tables["charts"]) == (ENTERPRISE_COUNT, 2)
    assert sorted(json.loads(files)) == [
        *("charts/purchases_sizes.png", "charts/sizes.png", "exports/clients.json"),
        *(EXPORT, "exports/recommandations.json"),
        *("exports/segments_by_city_and_family.csv", "segments.html"),
    ]
    # Sorted, so that equal data gives equal files and a lookup reads little.
    assert keys == [(f"e{i:03d}",) for i in range(ENTERPRISE_COUNT)]
    assert fits == [(1, "first fit"), (2, "refit")]
    # Descriptions travel with the tables: nobody has to look into the project.
    assert of_tables.pop("publication")
    assert of_tables == {mart["name"]: mart["description"] for mart in MARTS}
    assert of_columns == [("What it's of, 'new_…' if nobody has named it.",)]
    # What DuckDB 1.2 reads.
    assert tags["storage_version"].startswith(publishing.STORAGE_VERSION)


@pytest.mark.parametrize(
    ("row_limit", "keyed"),
    [(ENTERPRISE_COUNT, set(KEYS)), (ENTERPRISE_COUNT - 1, {"segmentation_fits"})],
)
def test_a_primary_key_is_published_up_to_a_number_of_rows(
    build, publish_dir, monkeypatch, row_limit, keyed
):
    """It shows a tool what joins; on a large table it costs more than it tells."""
    monkeypatch.setattr(publishing, "PRIMARY_KEY_ROW_LIMIT", row_limit)
    publish_build(build, publish_dir)
    with open_published(publish_dir) as published:
        found = published.sql(
            "select table_name from duckdb_constraints()"
            " where constraint_type = 'PRIMARY KEY'"
        ).fetchall()
        first = published.table("enterprise_segments").limit(1).fetchall()[0]
    assert {name for (name,) in found} == keyed
    assert first[0] == "e000"


@pytest.mark.parametrize(
    "breakage",
    [
        "drop table segment_changes",
        "insert into enterprise_segments from enterprise_segments limit 1",
        "alter table enterprise_segments drop column category_name",
    ],
    ids=["a mart is missing", "a key is there twice", "a file cannot be rendered"],
)
def test_a_failure_while_writing_leaves_the_last_publication_and_names_the_file(
    build, publish_dir, breakage
):
    """On a full disk an unfinished file would keep the space that is missing."""
    publish_build(build, publish_dir)
    before = contents_of(publish_dir)
    build.execute(breakage)
    with pytest.raises(SegmentationError) as failure:
        publish_build(build, publish_dir)
    assert f"{publish_dir / DATABASE_NAME} could not be written" in str(failure.value)
    assert "The last publication is as it was" in str(failure.value)
    assert contents_of(publish_dir) == before
    # The same process can publish when the cause is mended.
    make_marts(build)
    publish_build(build, publish_dir)
    assert files_in(publish_dir) == PUBLISHED


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


def test_a_build_remembers_what_was_published_last(build, publish_dir, tmp_path):
    """A column or table that an older publication lacks is unknown or empty."""
    publish_build(build, publish_dir)
    working_dir = tmp_path / "l'agence" / "build"
    working_dir.mkdir()

    with attached(publish_dir, working_dir) as connection:
        # Its file is free meanwhile.
        publish_build(build, publish_dir, data_set="next")

        def remembered(query):
            return connection.sql(query.replace(" of ", f" {CATALOG}.main.")).fetchall()

        assert remembered("select data_set from of publication") == [("seeds",)]
        assert remembered("from of fit_clusters") == []
        fits = "select segmentation, fit_id, reason, inertia from of segmentation_fits"
        assert remembered(f"{fits} order by all") == [
            ("visibility", 1, "first fit", None),
            ("visibility", 2, "refit", None),
        ]
        (first, *others) = remembered("from of member_segments order by member_id")
        assert first == ("visibility", "e000", "leaders", "leaders", False, "")
        assert len(others) == ENTERPRISE_COUNT - 1
    assert files_in(working_dir) == []
    assert files_in(publish_dir) == PUBLISHED


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("update publication set schema_version = 3", "version 3.* Update the project"),
        ("update publication set schema_version = 1", "version 1.* Move it away"),
        ("alter table publication drop column schema_version", "an earlier version"),
    ],
)
def test_what_another_version_published_is_refused_with_the_remedy(
    build, publish_dir, tmp_path, change, sentence
):
    publish_build(build, publish_dir)
    with duckdb.connect(publish_dir / DATABASE_NAME) as published:
        published.execute(change)
    with pytest.raises(SegmentationError, match=f"(?s){sentence}"):
        attached(publish_dir, tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        *(b"not a database " * 1000, b"", "cut short", "no row"),
        "somebody else's database",
    ],
)
def test_a_publication_that_cannot_be_read_stops_the_build_and_says_how_to_go_on(
    build, publish_dir, tmp_path, content
):
    """Going on without it would begin a new history and overwrite the old one."""
    publish_build(build, publish_dir)
    published = publish_dir / DATABASE_NAME
    if content == "cut short":
        os.truncate(published, 5000)
    elif content == "no row":
        with duckdb.connect(published) as connection:
            connection.execute("delete from publication")
    elif content == "somebody else's database":
        published.unlink()
        with duckdb.connect(published) as connection:
            connection.execute("create table notes (data_set varchar)")
    else:
        published.write_bytes(content)
    before = files_in(tmp_path)

    with pytest.raises(SegmentationError) as failure:
        attached(publish_dir, tmp_path)

    assert f"The publication {published} cannot be read" in str(failure.value)
    assert "move it away to start without a memory" in str(failure.value)
    assert files_in(tmp_path) == before
