"""The last publications are kept, each whole, and one of them is in place."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, nullcontext

import duckdb
import pytest
from conftest import CHECKOUT
from segmentation.errors import SegmentationError
from segmentation.publication import publication_folder
from segmentation.publication.memory import DATABASE_NAME
from segmentation.publication.publication_folder import changing, settle
from segmentation.publication.rollback import roll_back
from small_publication import (
    EXPORT,
    PUBLISHED,
    contents_of,
    files_in,
    full_disk,
    open_published,
    place_everybody,
    publish_build,
)


def publish_month(build, publish_dir, month):
    """Publish a build that differs from all others in table and files."""
    place_everybody(build, f"month_{month}")
    publish_build(build, publish_dir, published_at=f"2024-{month:02d}-01")


def is_month(publish_dir, month):
    """Read whether the database is of a month, and all files are those of it."""
    with open_published(publish_dir) as published:
        ((key,),) = published.sql(
            "select distinct segment_key from enterprise_segments"
        ).fetchall()
        ((files,),) = published.sql("select files from publication").fetchall()
    digests = {
        name: hashlib.sha256((publish_dir / name).read_bytes()).hexdigest()
        for name in json.loads(files)
    }
    is_said = key in (publish_dir / EXPORT).read_text("utf-8")
    return key == f"month_{month}" and is_said and json.loads(files) == digests


def kept_numbers(publish_dir):
    return [int(name.split(".")[0]) for name in files_in(publish_dir / "kept")]


def publish_months(build, publish_dir, *months):
    for month in months:
        publish_month(build, publish_dir, month)


@pytest.fixture(scope="module")
def two_months(small_build, tmp_path_factory):
    """Publish two months, for tests to copy."""
    folder = tmp_path_factory.mktemp("months")
    with duckdb.connect(shutil.copy(small_build, folder)) as build:
        build.execute("use build.marts")
        publish_months(build, folder / "published", 1, 2)
    return folder / "published"


@contextmanager
def no_space_for_copies(monkeypatch, *, of=""):
    """Let copies of what lies in folders of a name end half done."""

    def copy_to_a_full_disk(source, target):
        if of in ("", source.parent.name):
            target.write_bytes(b"half a file")
            raise OSError(28, "No space left on device")
        copy(source, target)

    copy = shutil.copyfile
    with monkeypatch.context() as patched:
        patched.setattr(publication_folder.shutil, "copyfile", copy_to_a_full_disk)
        yield


def test_rolling_back_returns_step_by_step_to_three_that_are_kept(build, publish_dir):
    databases = []
    for month in range(1, 6):
        publish_month(build, publish_dir, month)
        databases.append((publish_dir / DATABASE_NAME).read_bytes())
    assert kept_numbers(publish_dir) == [2, 3, 4, 5]
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
    publish_months(build, publish_dir, 1, 2, 3)
    roll_back(publish_dir, number=1)
    assert is_month(publish_dir, 1)
    answer = roll_back(publish_dir, number=3)
    assert is_month(publish_dir, 3)
    line = "\n  3: 2024-03-01 00:00:00 UTC, visibility fit 2 of 50 members (in place)"
    assert line in answer
    unknown = r"No publication 9 .*\n *Kept are:\n *1"
    with pytest.raises(SegmentationError, match=unknown):
        roll_back(publish_dir, number=9)


def test_the_next_build_goes_on_from_what_was_rolled_back_to(build, publish_dir):
    """What the agency did not want is gone when something better is published."""
    publish_months(build, publish_dir, 1, 2, 3)
    roll_back(publish_dir)
    assert kept_numbers(publish_dir) == [1, 2, 3]
    publish_month(build, publish_dir, 4)
    assert kept_numbers(publish_dir) == [1, 2, 4]
    assert is_month(publish_dir, 4)
    roll_back(publish_dir)
    assert is_month(publish_dir, 2)


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
    two_months, publish_dir, monkeypatch
):
    shutil.copytree(two_months, publish_dir)
    monkeypatch.setattr(publication_folder, "LONGEST_WAIT_SECONDS", 0)
    stopped = pytest.raises(SegmentationError, match="see whether it has been stopped")
    with changing(publish_dir), stopped:
        roll_back(publish_dir)
    assert is_month(publish_dir, 2)


def test_the_same_publication_made_again_is_kept_once(build, two_months, publish_dir):
    shutil.copytree(two_months, publish_dir)
    publish_month(build, publish_dir, 2)
    assert kept_numbers(publish_dir) == [1, 3]
    roll_back(publish_dir)
    assert is_month(publish_dir, 1)


def test_a_publication_of_another_version_is_kept_and_not_put_in_place(
    build, publish_dir
):
    """After an update of the project: only that version can render its files."""
    publish_month(build, publish_dir, 1)
    shutil.rmtree(publish_dir / "kept")
    with duckdb.connect(publish_dir / DATABASE_NAME) as published:
        published.execute("update publication set schema_version = 1")
    publish_month(build, publish_dir, 2)
    with pytest.raises(SegmentationError, match="go back with that version"):
        roll_back(publish_dir)
    assert kept_numbers(publish_dir) == [1, 2]
    assert is_month(publish_dir, 2)


class KilledError(BaseException):
    """What a test stops a publication with."""


# Seven files, the database, and the copy of it that is kept.
@pytest.mark.parametrize(
    ("death", "comes_next"),
    [(step, settle) for step in range(10)]
    + [(step, what) for step in (2, 8) for what in (roll_back, publish_month)],
)
def test_killed_at_any_step_the_next_one_finds_one_whole_publication(
    build, two_months, publish_dir, monkeypatch, death, comes_next
):
    """Steps are the renames, of which the database's is the last that readers see."""
    shutil.copytree(two_months, publish_dir)
    steps = iter(range(100))

    def rename_or_die(source, target):
        if next(steps) == death:
            raise KilledError
        rename(source, target)

    rename = os.replace
    # A file that no other publication has.
    build.execute("update charts set chart_name = 'areas' where png is not null")
    with monkeypatch.context() as patched:
        patched.setattr(publication_folder.os, "replace", rename_or_die)
        # Nothing tidies up after a kill.
        patched.setattr(publication_folder.shutil, "rmtree", lambda *_, **__: None)
        patched.setattr(publication_folder.Path, "unlink", lambda *_, **__: None)
        killed = pytest.raises(KilledError) if death < 9 else nullcontext()
        with killed:
            publish_month(build, publish_dir, 3)

    published_month = 2 if death < 8 else 3
    if comes_next is publish_month:
        publish_month(build, publish_dir, 4)
        assert is_month(publish_dir, 4)
        assert files_in(publish_dir) == PUBLISHED
        roll_back(publish_dir)
    elif comes_next is roll_back:
        roll_back(publish_dir)
        published_month -= 1
    else:
        settle(publish_dir)
        assert not (publish_dir / ".replacing").exists()
    assert is_month(publish_dir, published_month)
    (chart,) = (publish_dir / "charts").glob("[!p]*")
    assert chart.stem == ("sizes" if published_month < 3 else "areas")


def test_what_a_kill_has_left_in_its_hidden_folder_is_cleared(build, publish_dir):
    publish_month(build, publish_dir, 1)
    (publish_dir / ".unfinished").mkdir()
    (publish_dir / ".unfinished" / DATABASE_NAME).write_bytes(b"half a file")
    (publish_dir / f"{DATABASE_NAME}.wal").write_bytes(b"half a file")
    publish_month(build, publish_dir, 2)
    assert files_in(publish_dir) == PUBLISHED
    assert is_month(publish_dir, 2)


def test_files_that_cannot_be_put_right_after_a_kill_are_a_sentence(
    build, publish_dir, monkeypatch
):
    publish_month(build, publish_dir, 1)
    (publish_dir / ".replacing").mkdir()
    refused = pytest.raises(SegmentationError, match="they cannot be put right")
    with no_space_for_copies(monkeypatch), refused:
        settle(publish_dir)
    settle(publish_dir)
    assert files_in(publish_dir) == PUBLISHED


@pytest.mark.parametrize("space", [10, 5_000, None])
def test_a_full_disk_leaves_the_last_publication_as_it_was(
    build, publish_dir, monkeypatch, space
):
    """And what was rolled back from; no space for database, file, or kept copy."""
    publish_months(build, publish_dir, 1, 2, 3)
    roll_back(publish_dir)
    before = contents_of(publish_dir)
    assert kept_numbers(publish_dir) == [1, 2, 3]
    place_everybody(build, "month_4")
    copies = no_space_for_copies(monkeypatch, of=".unfinished")
    with copies if space is None else full_disk(space):
        with pytest.raises(SegmentationError, match="such as a full disk"):
            publish_build(build, publish_dir, published_at="2024-04-01")
        if space == 10:
            with pytest.raises(SegmentationError, match="such as a full disk"):
                roll_back(publish_dir)
    assert contents_of(publish_dir) == before


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (5000, "is not whole"),
        # Its first half can be read, with the table publication.
        (-400_000, "is not whole"),
        ("delete from publication", "is not whole"),
        ("update publication set tables = '12'", "is not whole"),
        ("drop table segment_changes", "is not whole"),
        ("delete from enterprise_segments where city_name is null", "is not whole"),
        ("update charts set png = 'x'::blob", "sizes.png as it was published"),
        ("update charts set chart_name = '../../x'", "no name of a file"),
        (None, "is not whole"),
    ],
)
def test_a_kept_publication_that_is_not_whole_is_not_put_in_place(
    two_months, publish_dir, damage, reason
):
    shutil.copytree(two_months, publish_dir)
    kept = publish_dir / "kept" / "000001.duckdb"
    if damage is None:
        kept.unlink()
        kept.symlink_to("gone")
    elif isinstance(damage, int):
        os.truncate(kept, damage % kept.stat().st_size)
    else:
        with duckdb.connect(kept) as connection:
            connection.execute(damage)
    before = contents_of(publish_dir)
    with pytest.raises(SegmentationError, match=reason):
        roll_back(publish_dir)
    assert contents_of(publish_dir) == before


def test_nobody_elses_files_are_deleted_whatever_a_publication_calls_its_own(
    build, publish_dir
):
    publish_month(build, publish_dir, 1)
    names = (".bashrc.copy", "kept/2024/a", "kept/2024.duckdb", "../outside", "notes")
    in_charts = ("charts/.hidden", "charts/my notes.txt")
    strangers = [publish_dir / name for name in (*names, *in_charts)]
    for path in strangers:
        path.parent.mkdir(exist_ok=True)
        path.write_text("a stranger's")
    listed = [*names, "charts/.hidden", "charts/..", DATABASE_NAME, str(strangers[0])]
    for database in (publish_dir / DATABASE_NAME, *publish_dir.glob("kept/0*")):
        with duckdb.connect(database) as connection:
            files = json.dumps(dict.fromkeys([*listed, "kept/000001.duckdb"], ""))
            connection.execute("update publication set files = ?", [files])

    publish_months(build, publish_dir, 2, 3, 4, 5, 6)
    roll_back(publish_dir)

    assert is_month(publish_dir, 5)
    assert {path.read_text() for path in strangers} == {"a stranger's"}
    # The publications before are nobody's whom they were not meant for.
    assert (publish_dir / "kept").stat().st_mode & 0o077 == 0
    assert publish_dir.stat().st_mode & 0o055 == 0o055


@pytest.mark.parametrize("content", [b"half a database" * 1000, None])
def test_what_is_kept_outlives_a_database_that_is_broken_or_gone(
    build, two_months, publish_dir, content
):
    shutil.copytree(two_months, publish_dir)
    for comes_next, kept in (
        (lambda: roll_back(publish_dir), [1, 2]),
        (lambda: publish_month(build, publish_dir, 3), [1, 2, 3]),
    ):
        (publish_dir / DATABASE_NAME).unlink()
        if content:
            (publish_dir / DATABASE_NAME).write_bytes(content)
        comes_next()
        assert kept_numbers(publish_dir) == kept
        assert is_month(publish_dir, kept[-1])
        assert files_in(publish_dir) == PUBLISHED


def test_where_nothing_is_published_there_is_nothing_to_roll_back(tmp_path):
    with pytest.raises(SegmentationError, match="There is no folder"):
        roll_back(tmp_path / "nowhere")
    with pytest.raises(SegmentationError, match=r"is kept there\.$"):
        roll_back(tmp_path)


def test_the_command_says_what_is_in_place_or_why_nothing_changed(
    two_months, publish_dir
):
    shutil.copytree(two_months, publish_dir)

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
