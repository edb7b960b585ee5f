"""A client that is erased is in nothing that is kept, and nobody else is missing."""

import json
import os
from contextlib import closing

import duckdb
import pytest
from segmentation.builds.progress import SECONDS_NAME
from segmentation.builds.records import read_record, write_record
from segmentation.errors import SegmentationError
from segmentation.publication.erasing import (
    Member,
    erase_from_publications,
    find_in_publications,
)
from segmentation.publication.memory import DATABASE_NAME
from segmentation.publication.publication_folder import changing, list_kept, read_row
from segmentation.publication.rollback import roll_back
from small_publication import (
    ENTERPRISE_COUNT,
    PUBLISHED,
    contents_of,
    files_in,
)
from test_kept_publications import full_disk, is_month, publish_months

CLIENT = "ZX-4711"
NAME = "Vélos d'Émile Quatrepieds"
# The environment, and this file.
NOT_KEPT = {".venv", "tests"}
COMMAND = "PYTHONPATH=python_models python -m segmentation.erase"


def is_trace(text):
    """Look for the id and a part of the name that every format writes alike."""
    return CLIENT.lower() in text.lower() or "quatrepieds" in text.lower()


def erase(publish_dir, member_id):
    member = Member(member_id)
    with changing(publish_dir) as folder:
        find_in_publications(publish_dir, folder, member)
        return "\n".join(erase_from_publications(publish_dir, folder, member))


def texts_in(database):
    """Read every value of a database: in its file they may be compressed."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        tables = connection.sql("select schema_name, table_name from duckdb_tables()")
        for schema, table in tables.fetchall():
            yield from connection.execute(
                f'select read::varchar from {schema}."{table}" as read'
            ).fetchall()


def traces_in(folder):
    """List the files under a folder with the id or the name of the client."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not NOT_KEPT & set(path.relative_to(folder).parts):
            content = path.read_bytes().decode("latin-1")
            if path.suffix == ".duckdb":
                content += "".join(text for (text,) in texts_in(path))
            if is_trace(content):
                found.append(path.relative_to(folder).as_posix())
    return sorted(found)


@pytest.mark.slow
def test_a_client_is_in_no_file_after_it_was_erased(files_project):
    """Nor are a twin of it and another client's value that says its name."""
    project = files_project
    for table, rows in {
        "enterprises": f"""2022-05-01,oui,,Gent,Museum,"{NAME}",{CLIENT},9000
2022-05-01,oui,,Gent,Museum,"{NAME.upper()} ",ZZ-77,9000
""",
        "social_accounts": f"""facebook,{CLIENT},2025-01-10,500
instagram,B01,2025-01-10,"like {NAME}"
""",
    }.items():
        with (project.raw_files / f"{table}.csv").open("a", encoding="utf-8") as file:
            file.write(rows)
    for month in ("06", "07"):
        build = project.build(as_of=f"2025-{month}-30 12:00:00")
        assert build.returncode == 0, build.stdout
    assert len(read_record(project.folder / "build", SECONDS_NAME)) > 100
    (project.folder / "logs" / "scheduled_build.log").write_text(f"{CLIENT}\n")
    (project.folder / "published" / "notes.txt").write_text("somebody's notes")
    before = project.marts()
    assert set(traces_in(project.folder)) == {
        "build/data_check.json",
        "build/segmentation.duckdb",
        "logs/scheduled_build.log",
        "published/exports/clients.json",
        "published/exports/entreprises_clusterisées.csv",
        "published/kept/000002.duckdb",
        "published/kept/000003.duckdb",
        "published/segmentation.duckdb",
        "published/segments.html",
    }
    with duckdb.connect(str(project.build_database)):
        busy = project.shell(f"{COMMAND} {CLIENT} || echo $?", BUILD_WAIT_SECONDS="0")
    assert "is open in" in busy
    assert busy.endswith("\n3\n")

    said = project.shell(f"make erase ID={CLIENT}")

    assert traces_in(project.folder) == []
    assert "comes back with the next build" in said
    after = project.marts()
    for table, rows in after.items():
        others = [row for row in before[table] if not is_trace(str(row))]
        # The row of publication counts those of the others.
        assert table == "publication" or rows == others, table
    assert (project.folder / "published" / "notes.txt").exists()
    unknown = project.shell(f"{COMMAND} {CLIENT} || echo $?")
    assert unknown.startswith(f"Nothing that is kept knows the id '{CLIENT}'")
    assert unknown.count("\n") == 2
    assert unknown.endswith("\n2\n")
    # It comes back, with no history, and nobody else's has changed.
    project.succeed("build", as_of="2025-08-30 12:00:00")
    assert project.rows(
        f"select cause from segment_changes where member_id = '{CLIENT}'"
    ) == [("new",)]
    assert project.build_database.parent.stat().st_mode & 0o077 == 0
    assert project.build_database.stat().st_mode & 0o077 == 0


def test_each_publication_goes_on_whole_without_the_client(build, publish_dir):
    """Another one of its name stays, and values that were not used name it no more."""
    build.execute("update enterprise_segments set enterprise_name = 'Chez Léa'")
    build.execute(
        "insert into rejected_rows by name select * from (values"
        " ('e000', 'enterprise_name', 'SARL CHEZ LEA'),"
        " ('e000', 'followers', 'chez léandre'), ('e001', 'followers', 'x'),"
        " (null, 'enterprise_id', ' e001'), (null, 'followers', 'e001'))"
        " as rejected(enterprise_id, column_name, raw_value)"
    )
    publish_months(build, publish_dir, 1, 2, 3)
    roll_back(publish_dir)

    told = erase(publish_dir, "e001")

    assert "took 12 rows out of 3" in told
    assert files_in(publish_dir) == PUBLISHED
    for number, path in list_kept(publish_dir).items():
        row = read_row(path)
        assert json.loads(row["tables"])["enterprise_segments"] == ENTERPRISE_COUNT - 1
        with duckdb.connect(path, read_only=True) as kept:
            values = kept.sql("select raw_value from rejected_rows order by all")
            assert values.fetchall() == [("chez léandre",), ("e001",)]
            comments = kept.sql("select count(comment) from duckdb_columns()")
            assert comments.fetchall() > [(0,)]
        roll_back(publish_dir, number=number)
        assert is_month(publish_dir, number)
        assert read_row(publish_dir / DATABASE_NAME) == row


def test_what_cannot_be_read_or_rendered_is_said(build, publish_dir):
    publish_months(build, publish_dir, 1, 2, 3)
    os.truncate(publish_dir / "kept" / "000001.duckdb", 5000)
    # The copy of what is in place is made anew, from what is in place.
    os.truncate(publish_dir / "kept" / "000003.duckdb", -400_000 % 10**6)
    told = erase(publish_dir, "e001")
    assert "000001.duckdb is not whole and cannot be read: deleted" in told


def test_what_another_version_has_rendered_is_deleted(build, publish_dir):
    publish_months(build, publish_dir, 1)
    for database in (publish_dir / DATABASE_NAME, *publish_dir.glob("kept/*")):
        with duckdb.connect(database) as connection:
            connection.execute("update publication set schema_version = 1")
    assert "come back with the next build" in erase(publish_dir, "e001")
    left = {path.name for path in contents_of(publish_dir)}
    assert left == {DATABASE_NAME, "000001.duckdb"}


@pytest.mark.parametrize("space", [10, 5_000])
def test_on_a_full_disk_the_client_can_be_erased_again(build, publish_dir, space):
    publish_months(build, publish_dir, 1, 2)
    before = contents_of(publish_dir)
    with full_disk(space), pytest.raises((OSError, duckdb.Error)):
        erase(publish_dir, "e001")
    assert contents_of(publish_dir) == before
    assert "took 2 rows out of 2" in erase(publish_dir, "e001")
    assert is_month(publish_dir, 2)


def test_a_publication_that_is_not_whole_is_not_taken_for_one_without_the_client(
    build, publish_dir
):
    publish_months(build, publish_dir, 1)
    os.truncate(publish_dir / DATABASE_NAME, 5000)
    with pytest.raises(SegmentationError, match="with make rollback, or delete it"):
        erase(publish_dir, "e001")


@pytest.mark.parametrize(
    "said",
    [
        f"Conversion Error: Could not convert string '{NAME}' to INT32\n\nLINE 1: ...",
        f'Constraint Error: Duplicate key "a: {CLIENT}" violates primary key.',
        f'Invalid Input Error: Could not parse string "{NAME}" by "%Y"\n{NAME}\n^',
    ],
)
def test_a_record_quotes_no_value(tmp_path, said):
    record = {"problems": [{"message": f"Runtime Error in model a\n  {said}"}]}
    written = str(write_record(tmp_path, "record.json", record))
    assert not is_trace(written)
    assert "Runtime Error in model a" in written
    assert said.partition("Error")[0] in written
    assert (tmp_path / "record.json").stat().st_mode & 0o077 == 0


def test_an_account_is_in_no_cut_point_and_nobody_scores_otherwise():
    """Its place takes the last account before it with the measure of the cut point."""
    with duckdb.connect() as connection:
        connection.execute(
            "attach ':memory:' as fresh; use fresh;"
            " create table account_segments as select * from (values"
            " ('A', 5, 1, 10.00), ('B', 5, 2, 10.00), ('D', 5, 1, 20.00))"
            " as accounts(account_id, recency_days, order_count, total_sales_eur);"
            " create table rfm_cut_points as select * from (values"
            " ('recency', 1, 5.0, 'C'), ('frequency', 1, 1.0, 'C'),"
            " ('frequency', 2, 1.0, 'D'), ('monetary', 4, 20.0, 'C'))"
            " as cuts(score, cut_number, cut_value, cut_account_id)"
        )
        assert Member("C").leave_cut_points(connection, "fresh") == 3
        left = connection.sql("select score, cut_account_id from rfm_cut_points")
        assert sorted(left.fetchall()) == [
            ("frequency", "A"),
            ("frequency", "D"),
            ("monetary", ""),
            ("recency", "B"),
        ]
