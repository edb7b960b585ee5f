"""The last publications are kept, each whole, and one of them is in place."""

import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys

import duckdb
import pytest
from conftest import CHECKOUT
from segmentation.errors import SegmentationError
from segmentation.publication import kept_publications
from segmentation.publication.kept_publications import find_current, settle
from segmentation.publication.memory import (
    DATABASE_NAME,
    SCHEMA_VERSION,
    attach_previous_publication,
)
from segmentation.publication.rollback import roll_back
from small_publication import (
    EXPORT,
    PUBLISHED,
    files_in,
    open_published,
    publish_build,
)


def publish_month(build, publish_dir, month):
    """Publish a build that differs from all others in table and file."""
    build.execute(f"update marts.enterprise_segments set segment_key = 'month_{month}'")
    return publish_build(build, publish_dir, published_at=f"2024-{month:02d}-01")


def month_of(publish_dir):
    """Read which month the database says, the file, and the digest of the file."""
    with open_published(publish_dir) as published:
        ((key,),) = published.sql(
            "select distinct segment_key from enterprise_segments"
        ).fetchall()
        ((files,),) = published.sql("select files from publication").fetchall()
    export = publish_dir / EXPORT
    digests = {EXPORT: hashlib.sha256(export.read_bytes()).hexdigest()}
    return key, key in export.read_text(), json.loads(files) == digests


def is_month(publish_dir, month):
    return month_of(publish_dir) == (f"month_{month}", True, True)


def kept_numbers(publish_dir):
    return [int(name) for name in files_in(publish_dir / "kept")]


def test_the_publication_lists_its_tables_and_the_digest_of_every_file(
    build, publish_dir
):
    publish_month(build, publish_dir, 1)

    with open_published(publish_dir) as published:
        ((tables, raw_source),) = published.sql(
            "select tables, raw_source from publication"
        ).fetchall()
    assert json.loads(tables) == {
        "cluster_profiles": 1,
        "enterprise_segments": 500,
        "segmentation_fits": 2,
    }
    assert raw_source == "seeds"
    assert is_month(publish_dir, 1)


def test_three_publications_are_kept_besides_the_one_in_place(build, publish_dir):
    for month in range(1, 7):
        publish_month(build, publish_dir, month)

    assert kept_numbers(publish_dir) == [3, 4, 5, 6]
    assert find_current(publish_dir).name == "000006"


def test_rolling_back_returns_step_by_step_to_what_was_published(build, publish_dir):
    databases = []
    for month in range(1, 6):
        publish_month(build, publish_dir, month)
        databases.append((publish_dir / DATABASE_NAME).read_bytes())

    for month in (4, 3, 2):
        answer = roll_back(publish_dir)
        assert answer.startswith(f"Publication {month} is in place")
        assert is_month(publish_dir, month)
        assert (publish_dir / DATABASE_NAME).read_bytes() == databases[month - 1]
    with pytest.raises(SegmentationError, match="No publication before this one"):
        roll_back(publish_dir)
    assert is_month(publish_dir, 2)
    assert files_in(publish_dir) == PUBLISHED


def test_a_publication_is_named_by_its_number_forwards_too(build, publish_dir):
    for month in (1, 2, 3):
        publish_month(build, publish_dir, month)
    roll_back(publish_dir, number=1)
    assert is_month(publish_dir, 1)

    answer = roll_back(publish_dir, number=3)

    assert is_month(publish_dir, 3)
    assert "\n  3: 2024-03-01 00:00:00 UTC, fit 2, 500 enterprises (in place)" in answer
    with pytest.raises(
        SegmentationError, match=r"No publication 9 .*\n *Kept are:\n *1"
    ):
        roll_back(publish_dir, number=9)


def test_the_next_build_goes_on_from_what_was_rolled_back_to(build, publish_dir):
    """What the agency did not want is gone when something better is published."""
    for month in (1, 2, 3):
        publish_month(build, publish_dir, month)
    roll_back(publish_dir)
    assert kept_numbers(publish_dir) == [1, 2, 3]

    publish_month(build, publish_dir, 4)

    assert kept_numbers(publish_dir) == [1, 2, 4]
    assert is_month(publish_dir, 4)
    roll_back(publish_dir)
    assert is_month(publish_dir, 2)


def test_a_build_that_cannot_publish_forgets_nothing(build, publish_dir, monkeypatch):
    """What was rolled back from can still be returned to."""
    for month in (1, 2, 3):
        publish_month(build, publish_dir, month)
    roll_back(publish_dir)

    def copy_to_a_full_disk(source, target):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(kept_publications.shutil, "copyfile", copy_to_a_full_disk)
        with pytest.raises(SegmentationError):
            publish_month(build, publish_dir, 4)

    roll_back(publish_dir, number=3)
    assert is_month(publish_dir, 3)


def test_a_database_put_there_by_hand_is_kept_before_it_is_rolled_back(
    build, publish_dir, tmp_path
):
    publish_month(build, publish_dir, 1)
    foreign = tmp_path / "elsewhere"
    publish_month(build, foreign, 2)
    shutil.copyfile(foreign / DATABASE_NAME, publish_dir / DATABASE_NAME)

    roll_back(publish_dir)
    assert is_month(publish_dir, 1)
    roll_back(publish_dir, number=2)

    with open_published(publish_dir) as published:
        key = published.sql("select distinct segment_key from enterprise_segments")
        assert key.fetchall() == [("month_2",)]


def test_a_process_that_stands_still_is_not_waited_for_for_ever(
    build, publish_dir, monkeypatch
):
    publish_month(build, publish_dir, 1)
    publish_month(build, publish_dir, 2)
    monkeypatch.setattr(kept_publications, "LONGEST_WAIT_SECONDS", 0)

    with (
        kept_publications.alone_in(publish_dir),
        pytest.raises(SegmentationError, match="see whether it has been stopped"),
    ):
        roll_back(publish_dir)

    assert is_month(publish_dir, 2)


def test_the_same_publication_made_again_is_kept_once(build, publish_dir):
    publish_month(build, publish_dir, 1)
    publish_month(build, publish_dir, 2)
    publish_month(build, publish_dir, 2)

    assert kept_numbers(publish_dir) == [1, 3]
    roll_back(publish_dir)
    assert is_month(publish_dir, 1)


def test_what_is_kept_outlives_a_database_that_somebody_deleted(build, publish_dir):
    publish_month(build, publish_dir, 1)
    publish_month(build, publish_dir, 2)
    (publish_dir / DATABASE_NAME).unlink()

    roll_back(publish_dir)
    assert is_month(publish_dir, 2)
    (publish_dir / DATABASE_NAME).unlink()
    publish_month(build, publish_dir, 3)

    assert kept_numbers(publish_dir) == [1, 2, 3]
    assert is_month(publish_dir, 3)


def test_a_publication_of_before_they_were_kept_can_be_returned_to(build, publish_dir):
    """After an update of the project, its first build is the one to fear."""
    publish_month(build, publish_dir, 1)
    shutil.rmtree(publish_dir / "kept")
    with duckdb.connect(publish_dir / DATABASE_NAME) as published:
        for column in ("raw_source", "tables", "files"):
            published.execute(f"alter table publication drop column {column}")
    (publish_dir / EXPORT).unlink()

    publish_month(build, publish_dir, 2)
    roll_back(publish_dir)

    with open_published(publish_dir) as published:
        key = published.sql("select distinct segment_key from enterprise_segments")
        assert key.fetchall() == [("month_1",)]
    assert not (publish_dir / EXPORT).exists()


def test_a_file_that_is_no_longer_published_goes_and_a_strangers_stays(
    build, publish_dir, monkeypatch
):
    publish_month(build, publish_dir, 1)
    (publish_dir / "exports" / "my notes.txt").write_text("call them on Monday")
    monkeypatch.setattr(
        "segmentation.publication.publishing.write_files", lambda *_, **__: {}
    )

    publish_month(build, publish_dir, 2)

    assert files_in(publish_dir / "exports") == ["my notes.txt"]


class KilledError(BaseException):
    """What a test stops a publication with."""


@pytest.mark.parametrize("death", range(6))
def test_killed_at_any_step_the_next_one_finds_one_whole_publication(
    build, publish_dir, monkeypatch, death
):
    """Steps are the renames, of which the database's is the last."""
    publish_month(build, publish_dir, 1)
    steps = iter(range(100))

    def rename_or_die(source, target):
        if next(steps) == death:
            raise KilledError
        rename(source, target)

    rename = os.replace
    with monkeypatch.context() as patched:
        patched.setattr(kept_publications.os, "replace", rename_or_die)
        # Nothing tidies up after a kill.
        patched.setattr(kept_publications.Path, "unlink", lambda *_, **__: None)
        try:
            publish_month(build, publish_dir, 2)
            is_killed = False
        except KilledError:
            is_killed = True

    assert is_killed == (death < 3)
    with open_published(publish_dir) as published:
        published.sql("from enterprise_segments").fetchall()
    settle(publish_dir)
    assert is_month(publish_dir, 1 if is_killed else 2)
    publish_month(build, publish_dir, 3)
    assert is_month(publish_dir, 3)
    assert files_in(publish_dir) == PUBLISHED


def test_killed_while_it_keeps_an_older_publication_it_keeps_it_next_time(
    build, publish_dir, monkeypatch
):
    publish_month(build, publish_dir, 1)
    shutil.rmtree(publish_dir / "kept")

    def die_half_way(source, target):
        target.write_bytes(b"half a file")
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(kept_publications.shutil, "copyfile", die_half_way)
        # To be read it was copied, and nothing tidies up after a kill.
        patched.setattr(kept_publications, "find_current", lambda *_: None)
        patched.setattr(kept_publications, "read_publication", lambda *_: {"fit_id": 1})
        patched.setattr(kept_publications.shutil, "rmtree", lambda *_, **__: None)
        with pytest.raises(KilledError):
            publish_month(build, publish_dir, 2)

    assert not (publish_dir / "kept").exists()
    publish_month(build, publish_dir, 2)
    assert kept_numbers(publish_dir) == [1, 2]
    roll_back(publish_dir)
    assert is_month(publish_dir, 1)
    assert files_in(publish_dir) == PUBLISHED


@pytest.mark.parametrize("space", [10, 5_000, 50_000_000])
def test_a_full_disk_leaves_the_last_publication_as_it_was(
    build, publish_dir, monkeypatch, space
):
    """No file may grow beyond `space` bytes: the export, the database, its copy."""
    publish_month(build, publish_dir, 1)
    before = {
        path: path.read_bytes() for path in publish_dir.rglob("*") if path.is_file()
    }
    build.execute("update marts.enterprise_segments set segment_key = 'month_2'")
    if space > 1_000_000:
        copy = shutil.copyfile

        def copy_to_a_full_disk(source, target):
            if target.name == f".{DATABASE_NAME}.copy":
                target.write_bytes(b"half a file")
                raise OSError(28, "No space left on device")
            copy(source, target)

        monkeypatch.setattr(kept_publications.shutil, "copyfile", copy_to_a_full_disk)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (space, hard))
    try:
        with pytest.raises(SegmentationError, match="such as a full disk"):
            publish_build(build, publish_dir, published_at="2024-02-01")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    after = {
        path: path.read_bytes() for path in publish_dir.rglob("*") if path.is_file()
    }
    assert after == before


def test_what_a_later_version_published_is_refused_with_the_remedy(
    build, publish_dir, tmp_path
):
    publish_month(build, publish_dir, 1)
    with duckdb.connect(publish_dir / DATABASE_NAME) as published:
        published.execute("update publication set schema_version = schema_version + 1")

    with duckdb.connect() as connection, pytest.raises(SegmentationError) as refusal:
        attach_previous_publication(
            connection, publish_dir=publish_dir, working_dir=tmp_path
        )

    assert f"tables of version {SCHEMA_VERSION + 1}" in str(refusal.value)
    assert "Update the project" in str(refusal.value)


def test_a_kept_publication_that_lacks_a_file_is_not_put_in_place(build, publish_dir):
    publish_month(build, publish_dir, 1)
    publish_month(build, publish_dir, 2)
    (publish_dir / "kept" / "000001" / EXPORT).unlink()

    with pytest.raises(SegmentationError, match="is not whole"):
        roll_back(publish_dir)

    assert is_month(publish_dir, 2)


def test_a_database_that_cannot_be_read_is_what_one_rolls_back_from(build, publish_dir):
    publish_month(build, publish_dir, 1)
    publish_month(build, publish_dir, 2)
    (publish_dir / DATABASE_NAME).write_bytes(b"half a database" * 1000)

    roll_back(publish_dir)

    assert is_month(publish_dir, 2)
    assert files_in(publish_dir) == PUBLISHED


@pytest.mark.parametrize("is_room_to_read_it", [False, True])
def test_a_rollback_onto_a_full_disk_is_a_sentence_and_changes_nothing(
    build, publish_dir, is_room_to_read_it
):
    """There is no space to read the database in, or none to put it in place."""
    publish_month(build, publish_dir, 1)
    publish_month(build, publish_dir, 2)
    space = (publish_dir / DATABASE_NAME).stat().st_size if is_room_to_read_it else 10
    os.truncate(publish_dir / "kept" / "000001" / EXPORT, space + 1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (space, hard))
    try:
        with pytest.raises(SegmentationError, match="such as a full disk"):
            roll_back(publish_dir)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert is_month(publish_dir, 2)
    assert files_in(publish_dir) == PUBLISHED


def test_where_nothing_is_published_there_is_nothing_to_roll_back(tmp_path):
    with pytest.raises(SegmentationError, match="There is no folder"):
        roll_back(tmp_path / "nowhere")
    with pytest.raises(SegmentationError, match="Nothing is kept there"):
        roll_back(tmp_path)


def test_the_command_says_what_is_in_place_or_why_nothing_changed(build, publish_dir):
    publish_month(build, publish_dir, 1)
    publish_month(build, publish_dir, 2)

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "segmentation.publication.rollback", *arguments],
            env=os.environ | {"PYTHONPATH": str(CHECKOUT / "python_models")},
            capture_output=True,
            text=True,
        )

    rolled_back = run(str(publish_dir))
    assert rolled_back.returncode == 0, rolled_back.stderr
    assert rolled_back.stdout.startswith("Publication 1 is in place")
    refused = run(str(publish_dir), "7")
    assert refused.returncode == 1
    assert refused.stderr.startswith("No publication 7 is kept")
    assert is_month(publish_dir, 1)
