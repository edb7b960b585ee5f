"""A scheduler can tell from status and file how a build ended, and why."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from dbt.cli.main import dbtRunnerResult
from dbt_project import DbtProject
from segmentation.build import build
from segmentation.builds.build_database import read_wait_seconds, wait_for_database
from segmentation.builds.build_outcome import write_outcome
from segmentation.errors import SegmentationError

HOLD = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True);"


def outcome_of(project: DbtProject) -> dict:
    return json.loads((project.folder / "build" / "build_summary.json").read_text())


def hold_open(database: Path, then: str) -> subprocess.Popen:
    """Hold a database open in another process, which then does something."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD + then, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    holder.stdout.readline()
    return holder


def test_a_published_build_ends_with_0_and_says_what_it_published(
    built: DbtProject,
) -> None:
    outcome = outcome_of(built)
    assert (outcome["status"], outcome["exit_status"]) == ("published", 0)
    assert outcome["problems"] == []
    assert outcome["message"] in built.build_log
    publication = outcome["publication"]
    assert publication["published_at"] == "2025-06-30 12:00:00"
    assert publication["tables"] == {
        name: len(rows) for name, rows in built.marts().items() if name != "publication"
    }
    assert {s["segment_key"]: s["enterprise_count"] for s in outcome["segments"]} == {
        "balanced_active": 25,
        "facebook_leaders": 3,
        "low_visibility": 243,
        "moderate_presence": 150,
    }
    assert outcome["changes"] == {"new": 421}
    assert outcome["rejected_rows"] == len(built.marts()["rejected_rows"])


@pytest.mark.parametrize(
    ("options", "settings", "status", "exit_status", "message"),
    [
        (["--select", "segments"], {}, "not_published", 4, "this build left out"),
        (["--select", "nobody"], {}, "not_published", 4, "nothing to build"),
        ([], {"n_clusters": "0"}, "refused", 2, "n_clusters is 0"),
        (
            [],
            {"raw_source": "files", "RAW_DATA_DIR": "nowhere", "data_set": "seeds"},
            "refused",
            2,
            "which is not a folder",
        ),
        (["--bogus"], {}, "refused", 2, "No such option"),
        ([], {"BUILD_WAIT_SECONDS": "soon"}, "refused", 2, "such as 60"),
    ],
)
def test_other_ends_have_statuses_of_their_own(
    project: DbtProject,
    options: list[str],
    settings: dict[str, str],
    status: str,
    exit_status: int,
    message: str,
) -> None:
    before = project.published.read_bytes()
    build = project.build(*options, **settings)
    assert build.returncode == exit_status, build.stdout
    assert "Traceback" not in build.stdout
    outcome = outcome_of(project)
    assert (outcome["status"], outcome["exit_status"]) == (status, exit_status)
    assert message in outcome["message"]
    assert outcome["publication"] is None
    assert project.published.read_bytes() == before


def test_an_interrupted_build_has_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelling its queries, dbt-duckdb trips over a connection of its own."""
    error = duckdb.ConnectionException("Connection already closed!")
    error.__context__ = KeyboardInterrupt()
    ended = dbtRunnerResult(success=False, exception=error)
    monkeypatch.setattr("segmentation.build.dbtRunner.invoke", lambda *_: ended)
    monkeypatch.chdir(tmp_path)
    assert build([]) == 1
    outcome = json.loads((tmp_path / "build" / "build_summary.json").read_text())
    assert outcome["status"] == "failed"
    assert "interrupted" in outcome["message"]


def test_a_published_build_ends_with_0_even_if_a_tool_has_opened_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish_and_let_a_tool_open_it(*_: object) -> dbtRunnerResult:
        write_outcome(tmp_path / "build", status="published", message="Published.")
        return dbtRunnerResult(success=True)

    (tmp_path / "published").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PUBLISH_DIR", raising=False)
    monkeypatch.setattr(
        "segmentation.build.dbtRunner.invoke", publish_and_let_a_tool_open_it
    )
    database = tmp_path / "published" / "segmentation.duckdb"
    with hold_open(database, "sys.stdin.readline()") as holder:
        assert build([]) == 0
        holder.communicate("\n")


def test_what_an_earlier_build_has_said_is_never_taken_for_this_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves room for no other answer than the status."""
    write_outcome(tmp_path / "build", status="published", message="Published.")
    ended = dbtRunnerResult(success=False, exception=SegmentationError("Full."))
    monkeypatch.setattr("segmentation.build.dbtRunner.invoke", lambda *_: ended)
    monkeypatch.chdir(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        assert build([]) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "build" / "build_summary.json").exists()


def test_a_failed_test_ends_with_1_and_is_named(project: DbtProject) -> None:
    with project.edited_csv("seeds/reference/recommendations.csv") as rows:
        rows[1][rows[0].index("city_name")] = "Atlantis"
    build = project.build("--select", "recommendations")
    assert build.returncode == 1, build.stdout
    (problem,) = outcome_of(project)["problems"]
    assert "the_city_of_a_recommendation_exists" in problem["node"]
    assert problem["status"] == "fail"


def test_a_busy_build_database_ends_with_3_and_says_who_has_it(
    project: DbtProject,
) -> None:
    database = project.folder / "build" / "segmentation.duckdb"
    with hold_open(database, "sys.stdin.readline()") as holder:
        build = project.build(BUILD_WAIT_SECONDS="1")
        holder.communicate("\n")
    assert build.returncode == 3, build.stdout
    assert "Traceback" not in build.stdout
    assert build.stdout.count("Waiting up to 1 seconds") == 1
    outcome = outcome_of(project)
    assert outcome["status"] == "busy"
    assert f"process {holder.pid}" in outcome["message"]


def test_a_database_that_becomes_free_in_time_is_waited_for(tmp_path: Path) -> None:
    database = tmp_path / "build.duckdb"
    with hold_open(database, "import time; time.sleep(1)") as holder:
        wait_for_database(database, config={}, wait_seconds=60)
        assert holder.wait() == 0


def test_a_build_database_that_cannot_be_read_is_moved_aside(tmp_path: Path) -> None:
    """It is disposable, and nobody should have to mend it after a crash."""
    # DuckDB's message names the folder, and a held lock is another message.
    (tmp_path / "blocks").mkdir()
    database = tmp_path / "blocks" / "build.duckdb"
    database.write_bytes(b"half a database" * 1000)
    wait_for_database(database, config={}, wait_seconds=0)
    aside = tmp_path / "blocks" / "build.duckdb.unreadable"
    assert aside.read_bytes().startswith(b"half a")
    assert database.read_bytes() != b""


def test_a_folder_in_place_of_the_build_database_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SegmentationError, match="cannot be made"):
        wait_for_database(tmp_path, config={}, wait_seconds=0)


@pytest.mark.parametrize("content", [b"", b"half a database" * 1000])
def test_a_full_disk_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    database = tmp_path / "build.duckdb"
    if content:
        database.write_bytes(content)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(SegmentationError, match="or to a full disk"):
            wait_for_database(database, config={}, wait_seconds=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", ""])
def test_a_wait_that_is_no_number_of_seconds_is_refused(value: str) -> None:
    with pytest.raises(SegmentationError, match="BUILD_WAIT_SECONDS is"):
        read_wait_seconds(value)
