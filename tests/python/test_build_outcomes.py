"""A scheduler can tell from status and file how a build ended, and why."""

import io
import json
import os
import pydoc
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from compiled_models import nodes_of
from dbt.cli.main import dbtRunnerResult
from dbt_project import DbtProject
from page_data import VISIBILITY
from segmentation.build import build as run_build
from segmentation.builds.build_database import (
    read_memory_limit,
    read_wait_seconds,
    wait_for_database,
)
from segmentation.builds.build_outcome import finish_build, write_outcome
from segmentation.builds.build_summary import summarise
from segmentation.builds.interruption import interruptible
from segmentation.builds.progress import Progress, Screen
from segmentation.builds.records import take_record
from segmentation.data_check import check_data
from segmentation.errors import SegmentationError
from segmentation.publication.memory import identify_publication
from small_publication import MARTS, contents_of, full_disk, publish_build

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


def test_a_published_build_ends_with_0_and_says_what_it_published(built):
    outcome = outcome_of(built)
    assert (outcome["status"], outcome["exit_status"]) == ("published", 0)
    assert outcome["problems"] == []
    assert outcome["message"] in built.build_log
    publication = outcome["publication"]
    assert publication["published_at"] == "2025-06-30 12:00:00"
    assert publication["tables"] == {
        name: len(rows) for name, rows in built.marts().items() if name != "publication"
    }
    of_visibility = [
        s for s in outcome["segments"] if s["segmentation"] == "visibility"
    ]
    assert {s["segment_key"]: s["member_count"] for s in of_visibility} == {
        "balanced_active": 25,
        "facebook_leaders": 3,
        "low_visibility": 243,
        "moderate_presence": 150,
    }
    assert outcome["changes"]["visibility"] == {"new": 421}
    assert outcome["rejected_rows"] == len(built.marts()["rejected_rows"])


@pytest.mark.parametrize(
    ("options", "status", "exit_status", "message"),
    [
        (["--empty", "--select", "segments"], "not_published", 4, "--empty builds"),
        (["--bogus"], "refused", 2, "No such option"),
    ],
)
def test_other_ends_have_statuses_of_their_own(
    project, options, status, exit_status, message
):
    """A refused build is in test_own_files.py, `dbt run` in test_readme.py."""
    before = project.published.read_bytes()
    build = project.build(*options)
    assert build.returncode == exit_status, build.stdout
    assert "Traceback" not in build.stdout
    outcome = outcome_of(project)
    assert (outcome["status"], outcome["exit_status"]) == (status, exit_status)
    assert message in outcome["message"]
    assert outcome["publication"] is None
    assert project.published.read_bytes() == before


def enter_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "python_models" / "segmentation").mkdir(parents=True)
    monkeypatch.chdir(folder)


@pytest.mark.parametrize("start", [run_build, check_data])
def test_a_start_that_cannot_end_well_is_a_sentence_and_leaves_nothing(
    tmp_path, monkeypatch, capsys, start
):
    monkeypatch.chdir(tmp_path)
    assert start([]) == 2
    assert "not the project's folder: start it in /" in capsys.readouterr().out

    enter_project(tmp_path, monkeypatch)
    # What not even an administrator may write.
    monkeypatch.setenv("DBT_LOG_PATH", "/proc/logs")
    assert start([]) == 2
    assert "The folder /proc/logs/ cannot be written" in capsys.readouterr().out

    monkeypatch.delenv("DBT_LOG_PATH")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "dbt.log").touch()
    monkeypatch.setattr("os.access", lambda path, _: path.name != "dbt.log")
    assert start([]) == 2
    assert "logs/dbt.log belongs to another user" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs", "python_models"]

    monkeypatch.setattr("segmentation.build_folder.LEAST_FREE_BYTES", 10**30)
    (tmp_path / "build").mkdir()
    for name in ("build_summary.json", "data_check.json"):
        (tmp_path / "build" / name).write_text('{"status": "of an earlier one"}')
    assert start([]) == 2
    assert "build/ cannot be written (No space left on" in capsys.readouterr().out
    written = max((tmp_path / "build").iterdir(), key=lambda path: path.stat().st_size)
    assert "No space left on device" in json.loads(written.read_text())["message"]


def test_dbt_that_is_started_elsewhere_is_told_where_to_start(built, tmp_path):
    """As schedulers and editors do; its paths would be made where it is."""
    project = built.copied_to(tmp_path / "project").folder
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = ["--project-dir", str(project), "--profiles-dir", str(project)]
    run = DbtProject(elsewhere).dbt("build", *place)
    assert run.returncode != 0
    assert f"start it in {project}" in run.stdout
    assert "Traceback" not in run.stdout
    assert list(elsewhere.iterdir()) == []


def test_published_tables_carry_their_descriptions_and_keys(built):
    undescribed = built.rows(
        "select table_name, '' from duckdb_tables() where comment is null"
        " union all select table_name, column_name from duckdb_columns()"
        " where schema_name = 'main' and not internal and comment is null"
    )
    assert undescribed == []
    keyed = built.rows(
        "select table_name from duckdb_constraints()"
        " where constraint_type = 'PRIMARY KEY'"
    )
    # One row, and a Python model without a contract.
    unkeyed = {"publication", "chart_drawings"}
    assert {name for (name,) in keyed} == set(built.marts()) - unkeyed


def test_every_table_is_documented_with_the_columns_that_it_has(built):
    found = dict(
        built.rows(
            "select concat(schema_name, '.', table_name), list(column_name)"
            " from duckdb_columns() where not internal group by all",
            database=built.build_database,
        )
    )
    for node in nodes_of(built).values():
        # Of seeds and of what people read: other models may describe as much as helps.
        contract = node["config"].get("contract", {"enforced": False})
        if node["resource_type"] == "seed" or contract["enforced"]:
            name = f"{node['schema']}.{node['name']}"
            assert sorted(node["columns"]) == sorted(found[name]), name


# Cancelling its queries, dbt-duckdb trips over a connection of its own.
INTERRUPTED = duckdb.ConnectionException("Connection already closed!")
INTERRUPTED.__context__ = KeyboardInterrupt()
UNTOLD = FileNotFoundError("target/run_results.json")


@pytest.fixture
def run_dbt(tmp_path, monkeypatch):
    """Build where dbt does what a test says and ends with an error or none."""
    enter_project(tmp_path, monkeypatch)
    monkeypatch.setattr("segmentation.build.summarise", lambda _: "All is well.")

    def run(error=None, does=lambda: None):
        ended = dbtRunnerResult(success=error is None, exception=error)
        monkeypatch.setattr(
            "segmentation.build.dbtRunner.invoke", lambda *_: does() or ended
        )
        return run_build([])

    return run


def write_published(folder: Path) -> None:
    write_outcome(folder, status="published", message="Published.")


@pytest.mark.parametrize(
    ("error", "exit_status", "status", "message"),
    [
        (INTERRUPTED, 1, "failed", "interrupted"),
        # Nothing was selected.
        (None, 4, "not_published", "nothing to build"),
    ],
)
def test_an_end_that_dbt_does_not_tell_its_hooks_is_recorded_too(
    tmp_path, run_dbt, error, exit_status, status, message
):
    assert run_dbt(error) == exit_status
    outcome = outcome_of(DbtProject(tmp_path))
    assert outcome["status"] == status
    assert message in outcome["message"]


def test_another_program_does_not_speak_for_a_build(tmp_path, run_dbt):
    """It may write or remove the summary, or clean the folder; so may a full disk."""
    folder = tmp_path / "build"
    summary = folder / "build_summary.json"

    def publish_and_remove_the_summary():
        write_published(folder)
        summary.unlink()

    def write_another_summary():
        summary.write_text('{"status": "published", "message": "Published."}')

    assert run_dbt(UNTOLD, publish_and_remove_the_summary) == 0
    assert run_dbt(UNTOLD, write_another_summary) == 2
    write_published(folder)
    with full_disk(10):
        assert run_dbt(SegmentationError("Full.")) == 2
    assert not summary.exists()


def test_a_published_build_ends_with_0_even_if_a_tool_has_opened_the_file(
    tmp_path, run_dbt, monkeypatch
):
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PUBLISH_DIR", raising=False)
    (tmp_path / "published").mkdir()
    database = tmp_path / "published" / "segmentation.duckdb"
    with hold_open(database, "sys.stdin.readline()") as holder:
        assert run_dbt(does=lambda: write_published(tmp_path / "build")) == 0
        holder.communicate("\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interruption_comes_only_where_it_may(number):
    before = signal.getsignal(number)
    with interruptible(unless=lambda: True):
        os.kill(os.getpid(), number)
    with pytest.raises(KeyboardInterrupt), interruptible():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before


@pytest.mark.slow
def test_an_interrupted_build_says_so_in_a_sentence(project):
    before = contents_of(project.published.parent)
    environment = {"PYTHONPATH": "python_models", "PYTHONUNBUFFERED": "1"}
    process = project._start(
        [sys.executable, "-m", "segmentation.build"], **environment
    )
    for line in process.stdout:
        if "START python table model engine.visibility_fit" in line:
            process.send_signal(signal.SIGTERM)
            break
    rest = process.communicate(timeout=60)[0]
    assert process.returncode == 1, rest
    assert rest.endswith("It was interrupted. The last publication is as it was.\n")
    assert "Traceback" not in rest
    assert outcome_of(project)["status"] == "failed"
    assert contents_of(project.published.parent) == before


def finish(
    build: duckdb.DuckDBPyConnection, publish_dir: Path, **changes: object
) -> str:
    """Do what the hook at the end of a build does."""
    arguments = {
        "publish_dir": publish_dir,
        "command": "build",
        "is_empty_run": False,
        "expected_nodes": ["model.clusters"],
        "results": [result("success")],
        "marts": MARTS,
        "segmentations": {"visibility": VISIBILITY},
        "language": "fr",
        "data_set": "seeds",
        "raw_source": "seeds",
        "started_at": "2024-03-01T12:30:00+00:00",
        "invocation_id": "1",
        "published_at": "2024-03-01 12:30:00",
        "remembered_file": identify_publication(publish_dir),
    }
    return finish_build(build.cursor(), **arguments | changes)


def event(name: str, step: str = "", count: int = 0) -> SimpleNamespace:
    node = SimpleNamespace(unique_id=f"model.{step}", node_name=step)
    data = SimpleNamespace(node_info=node, node_count=count)
    return SimpleNamespace(info=SimpleNamespace(name=name), data=data)


EVENTS = [
    (1, event("MainReportVersion")),
    (0, event("ConcurrencyLine", count=2)),
    (9, event("NodeStart", "fit")),
    (0, event("NodeStart", "map")),
    (60, event("NodeFinished", "fit")),
    (10, event("NodeFinished", "map")),
    (20, event("LogHookEndLine")),
]
# Of a build that is twice as slow as the last one.
TOLD = [
    "  2 s: reading the project",
    "  2 s: 0 of 2 steps done, about 100 s left: loading the raw tables",
    "  20 s: 0 of 2 steps done, about 2 min left: fit",
    "  20 s: 0 of 2 steps done, about 2 min left: fit, map",
    "  2 min: 1 of 2 steps done, about 60 s left: map",
    "  3 min: 2 of 2 steps done, about 40 s left: publishing",
    "  3 min: 2 of 2 steps done, about 5 s left",
]


@pytest.mark.parametrize("is_known", [True, False])
def test_a_long_build_says_how_far_it_is(monkeypatch, is_known):
    now = 0
    monkeypatch.setattr("segmentation.builds.progress.monotonic", lambda: now)
    last = {"on-run-start": 10, "model.fit": 60, "model.map": 10, "on-run-end": 20}
    progress = Progress(last if is_known else {"model.fit": 60})
    for (seconds, happened), line in zip(EVENTS, TOLD, strict=True):
        now += 2 * seconds
        progress(happened)
        told = line if is_known else re.sub(", about .* left", "", line)
        assert str(progress) == told
    assert progress.seconds == {step: 2 * last[step] for step in last}


def test_the_last_line_of_a_terminal_stays_below_what_is_printed():
    terminal = io.StringIO()
    screen = Screen(terminal)
    screen.show("1 of 2")
    print("first", "line", file=screen)
    screen.show("2 of 2")
    screen.show("")
    erase = "\r\x1b[K"
    assert terminal.getvalue() == (
        f"1 of 2{erase}first line\n1 of 2{erase}2 of 2{erase}"
    )


def result(status: str, message: str = "") -> dict:
    described = {"node": "model.clusters", "status": status, "message": message}
    return described | {"broken_lines": []}


@pytest.mark.parametrize(
    ("function", "is_published"),
    [
        ("publication.publishing.render_files", False),
        # From the first rename on it is faster to go on than to go back.
        ("publication.publication_folder._keep", True),
    ],
)
def test_an_interruption_leaves_the_old_or_the_new_publication_whole(
    build, publish_dir, monkeypatch, function, is_published
):
    publish_build(build, publish_dir)
    before = contents_of(publish_dir)
    called = pydoc.locate(f"segmentation.{function}")

    def interrupt(*arguments: object, **named: object) -> object:
        os.kill(os.getpid(), signal.SIGTERM)
        return called(*arguments, **named)

    monkeypatch.setattr(f"segmentation.{function}", interrupt)
    if is_published:
        assert "Published" in finish(build, publish_dir, language="en")
    else:
        with pytest.raises(KeyboardInterrupt):
            finish(build, publish_dir, language="en")
        assert contents_of(publish_dir) == before
    outcome = take_record("build_summary.json")
    assert outcome["status"] == ("published" if is_published else "failed")
    assert is_published or "interrupted" in outcome["message"]
    assert not [path for path in publish_dir.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("message", "limit", "remedy"),
    [
        ("Out of Memory Error: failed to pin", "", "MEMORY_LIMIT is too low: DuckDB"),
        ("Out of Memory Error: failed to pin", "2GB", "MEMORY_LIMIT is too low: "),
        ("MemoryError: Unable to allocate", "1GB", "There is too little memory: give"),
        ("Out of Memory Error: failed to offload", "1GB", "A disk is full: make"),
        ("IO Error: Could not write: No space left on device", "", "A disk is full"),
        ("Binder Error: no such column", "1GB", "Not published: model.clusters failed"),
    ],
)
def test_a_machine_that_is_too_small_is_said_to_be(
    build, publish_dir, monkeypatch, message, limit, remedy
):
    monkeypatch.setenv("MEMORY_LIMIT", limit)
    told = finish(build, publish_dir, results=[result("error", message)])
    assert told.startswith(remedy)
    assert "model.clusters failed" in told
    assert told.endswith("is as it was.")
    assert take_record("build_summary.json")["message"] == told


def test_a_busy_build_database_ends_with_3_and_says_who_has_it(project):
    with hold_open(project.build_database, "sys.stdin.readline()") as holder:
        build = project.build()
        holder.communicate("\n")
    assert build.returncode == 3, build.stdout
    assert "Traceback" not in build.stdout
    assert build.stdout.count("Waiting up to 2 seconds") == 1
    outcome = outcome_of(project)
    assert outcome["status"] == "busy"
    assert f"process {holder.pid}" in outcome["message"]


def test_a_database_that_becomes_free_in_time_is_waited_for(tmp_path):
    database = tmp_path / "build.duckdb"
    with hold_open(database, "import time; time.sleep(1)") as holder:
        wait_for_database(database, config={}, wait_seconds=60)
        assert holder.wait() == 0


def test_a_build_database_that_cannot_be_read_is_moved_aside(tmp_path):
    """It is disposable, and nobody should have to mend it after a crash."""
    # DuckDB's message names the folder, and a held lock is another message.
    (tmp_path / "blocks").mkdir()
    database = tmp_path / "blocks" / "build.duckdb"
    database.write_bytes(b"half a database" * 1000)
    wait_for_database(database, config={}, wait_seconds=0)
    aside = tmp_path / "blocks" / "build.duckdb.unreadable"
    assert aside.read_bytes().startswith(b"half a")
    assert database.read_bytes() != b""


def test_a_folder_in_place_of_the_build_database_is_a_sentence(tmp_path):
    with pytest.raises(SegmentationError, match="cannot be made"):
        wait_for_database(tmp_path, config={}, wait_seconds=0)


@pytest.mark.parametrize("content", [b"", b"half a database" * 1000])
def test_a_full_disk_is_a_sentence(tmp_path, content):
    database = tmp_path / "build.duckdb"
    if content:
        database.write_bytes(content)
    refusal = pytest.raises(SegmentationError, match="or to a full disk")
    with full_disk(100), refusal:
        wait_for_database(database, config={}, wait_seconds=0)


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", ""])
def test_a_wait_that_is_no_number_of_seconds_is_refused(value):
    with pytest.raises(SegmentationError, match="BUILD_WAIT_SECONDS is"):
        read_wait_seconds(value)


@pytest.mark.parametrize("value", ["soon", "2", "50%", "1KB"])
def test_a_limit_of_memory_that_duckdb_cannot_keep_is_refused(value):
    with pytest.raises(SegmentationError, match=f"MEMORY_LIMIT is '{value}': write"):
        read_memory_limit(value)


def test_a_build_beyond_its_limit_of_memory_ends_with_the_remedy(project):
    """Whatever DuckDB advises; and a good build database is not to blame."""
    before = contents_of(project.published.parent)
    build = project.build("--select", "stg_sales_lines", MEMORY_LIMIT="60MB")
    assert build.returncode == 1, build.stdout
    message = outcome_of(project)["message"]
    assert build.stdout.endswith(f"\n{message}\n")
    assert message.startswith("MEMORY_LIMIT is too low: DuckDB needs more than 60MB.")
    assert contents_of(project.published.parent) == before
    with pytest.raises(duckdb.OutOfMemoryException):
        wait_for_database(
            project.build_database, config={"memory_limit": "1KB"}, wait_seconds=0
        )
    names = {path.name for path in project.build_database.parent.iterdir()}
    assert names.isdisjoint({"segmentation.duckdb.unreadable", "node_seconds.json"})


def test_the_summary_tells_of_each_segmentation_what_a_person_asks_first(
    build, publish_dir
):
    build.execute("""
        create table accounts as select * exclude (enterprise_id), enterprise_id
            as account_id from enterprise_segments limit 20;
        insert into segment_overview (segmentation, segment_key, segment_name_fr,
            cluster_id, member_count, model_member_count, is_named_segment)
            values ('purchases', 'new_2_1', 'Nouveau', 0, 20, 20, false);
        update segment_overview set model_member_count = 50 where cluster_id = 0
            and segmentation = 'visibility';
        insert into cluster_measures (segmentation, segment_key, measure, mean_value)
            values ('purchases', 'new_2_1', 'orders', 1234.4);
        insert into cluster_mix (segmentation, segment_key, dimension,
            dimension_value, cluster_share, value_rank) values
            ('purchases', 'new_2_1', 'country', null, 0.5, 1),
            ('purchases', 'new_2_1', 'country', 'Belgium', 0.5, 2);
        insert into measure_texts values ('purchases', 'orders', 'Achats', 'Orders');
        -- Two fits with one clock, of which the last is told.
        insert into segmentation_fits
            (segmentation, fit_id, fitted_at, reason, ari_to_previous) values
            ('purchases', 0, '2024-03-01', 'age', 0.5),
            ('purchases', 1, '2024-03-01', 'drift', 0.75);
        update segmentation_fits set fitted_at = '2023-01-26', reason = 'first_fit'
            where segmentation = 'visibility';
        insert into segment_events (segmentation, fit_id, segment_key, event_type,
            related_segment_key, related_member_count, former_member_count) values
            ('purchases', 0, 'old', 'new', null, null, null),
            ('purchases', 1, 'old', 'merged', 'new_2_1', 7, 9),
            ('purchases', 1, 'loyal', 'kept_by_members', 'loyal', 14, 119);
        insert into model_freshness (segmentation, fit_id, fitted_at, model_age_days,
            agreement_with_refit, refit_policy, refit_after_days, refit_below_ari,
            advised_cadence_weeks, is_older_than_advised)
            select segmentation, 1, fitted_at, days, 0.93, 'auto', 365, 0.8, 8,
            days > 56
            from (values ('visibility', timestamp '2023-01-26', 400),
            ('purchases', timestamp '2024-03-01', 0))
            as s (segmentation, fitted_at, days);
        insert into segment_changes (segmentation, member_id, change_number,
            changed_at, from_segment_key, to_segment_key, cause) values
            ('purchases', 'e001', 1, '2024-03-01', 'new_2_1', 'new_2_1',
                'member_changed'),
            ('purchases', 'e001', 2, '2024-02-01', 'new_2_1', null, 'gone'),
            ('visibility', 'x', 1, '2024-03-01', 'leaders', null, 'gone');
        insert into segment_changes (segmentation, member_id, changed_at, cause)
            select 'visibility', enterprise_id, '2024-03-01', 'new'
            from enterprise_segments;
        insert into enterprise_changes
            (enterprise_id, change_number, enterprise_name, reason_left)
            values ('x', 1, 'Xavier', 'activity_unknown'), ('e000', 9, 'old', null);
        insert into segment_sizes_over_time
            (segmentation, published_at, segment_key, previous_published_at)
            values ('visibility', '2024-03-01', 'leaders', '2024-02-01'),
            ('visibility', '2024-02-01', 'leaders', '2024-01-01'),
            ('purchases', '2024-03-01', 'new_2_1', '2024-02-02');
        update enterprise_segments set enterprise_name = 'Léa'
            where enterprise_id = 'e001';
        insert into rejected_rows (raw_table, is_whole_row, reason)
            values ('sales_lines', true, 'orphan');
    """)
    purchases = {"members": "accounts", "key": "account_id", "measures": ["orders"]}
    accounts = {"name": "accounts", "relation": "build.marts.accounts"}
    publish_build(
        build,
        publish_dir,
        marts=[*MARTS, MARTS[0] | accounts | {"columns": {}}],
        segmentations={
            "purchases": purchases | {"dimensions": ["country"]},
            "visibility": VISIBILITY,
        },
        published_at="2024-03-01",
    )
    summary = summarise(publish_dir)
    for text in (
        "purchases: 20 members in 1 segments (data set seeds, 2024-03-01 00:00 UTC",
        "mean orders  most frequent country",
        "20  100.0%           1,234  Belgium",
        "New, with no name yet and general advice: new_2_1.",
        "old: gone, merged into new_2_1 (7 of its 9 members)",
        "loyal: warning: kept for 14 of its 119 members, though its profile is beyond",
        "0 days old: new, because the fit before agreed less than 0.80 with a refit;"
        " agreement with the fit before 0.75",
        "fit 1)\n\nSince the publication of 2024-02-02 00:00 UTC:\n"
        "  1 moved because they changed: Léa (Nouveau to Nouveau)\n\n",
        "visibility: 50 members in 1 segments",
        "400 days old; agreement with a refit today 0.93 (past 365 days: a refit"
        " learned the same again)",
        "Warning: the model is 400 days old, and in the last year one agreed with its"
        " refits for less than\n  8 weeks: see refit_cadence.",
        "Since the publication of 2024-02-01 00:00 UTC:\n"
        "  50 entered: Léa, e000, e002, e003, e004 and 45 more\n"
        "  1 left (activity unknown): Xavier\n\n",
        "1 rows of sales_lines: orphan 1",
        "segments.html, charts/ (2 pictures)",
    ):
        assert text in summary, summary
    assert "  old: new" not in summary
    assert summary.count("Warning: the model") == 1
    build.execute("update segment_sizes_over_time set previous_published_at = null")
    publish_build(build, publish_dir, published_at="2024-03-01")
    assert "First publication: there is none before" in summarise(publish_dir)
