"""The script for schedulers is quiet when all is well, and tells when it is not."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from conftest import CHECKOUT

SCRIPT = "tools/scheduled_build.sh"
# Stands for the environment's Python; for the build it does what the test says.
PYTHON = """#!/usr/bin/env bash
if [ "$1" != -m ]; then exec {python} "$@"; fi
echo "ran $*"
{then}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Provide a project folder with the script and nothing else."""
    (tmp_path / "tools").mkdir()
    shutil.copy(CHECKOUT / SCRIPT, tmp_path / SCRIPT)
    return tmp_path


def run(
    folder: Path, *options: str, then: str, **environment: str
) -> subprocess.CompletedProcess:
    (folder / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    python = folder / ".venv" / "bin" / "python"
    python.write_text(PYTHON.format(python=sys.executable, then=then))
    python.chmod(0o755)
    return subprocess.run(
        [str(folder / SCRIPT), *options],
        cwd="/",
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


PINNED = f"actions/none@{40 * '0'}"


def failing_with(status: int, message: str) -> str:
    summary = json.dumps({"message": message})
    return f"printf '%s' '{summary}' > build/build_summary.json; exit {status}"


def test_a_published_build_says_nothing_but_in_its_log(folder):
    build = run(folder, "--vars", "{evaluate: false}", then="exit 0")
    assert (build.returncode, build.stdout, build.stderr) == (0, "", "")
    log = (folder / "logs" / "scheduled_build.log").read_text()
    assert "ran -m segmentation.build --vars {evaluate: false}" in log


@pytest.mark.parametrize("status", [1, 2, 3, 4])
def test_any_other_end_is_told_to_cron_and_to_whoever_is_named(folder, status):
    build = run(
        folder,
        then=failing_with(status, "The raw table enterprises is gone."),
        NOTIFY_COMMAND="cat > told.txt",
    )
    assert build.returncode == status
    assert f"ended with status {status}" in build.stderr
    assert "The raw table enterprises is gone." in build.stderr
    assert (folder / "told.txt").read_text() == build.stderr
    assert not (folder / "build" / "scheduled_build.lock").exists()


def test_of_a_build_that_left_no_summary_nothing_leaves_the_log(folder):
    """Its last lines may quote a row."""
    build = run(folder, then="echo no such module; exit 1")
    assert "It left no build/build_summary.json. See " in build.stderr
    assert "no such module" not in build.stderr


def test_a_notification_that_fails_does_not_hide_the_failure(folder):
    build = run(
        folder, then=failing_with(2, "k is 0."), NOTIFY_COMMAND="no_such_command"
    )
    assert build.returncode == 2
    assert "k is 0." in build.stderr
    assert "NOTIFY_COMMAND failed" in build.stderr


def test_a_second_build_does_not_start_while_the_first_one_runs(folder):
    lock = folder / "build" / "scheduled_build.lock"
    lock.mkdir(parents=True)
    (lock / "process").write_text(str(os.getpid()))
    build = run(folder, then="exit 0")
    assert build.returncode == 3
    assert f"still running (process {os.getpid()})" in build.stderr
    assert lock.exists()


def test_a_killed_build_does_not_stop_the_next_one(folder):
    lock = folder / "build" / "scheduled_build.lock"
    lock.mkdir(parents=True)
    # No process has this number.
    (lock / "process").write_text("99999999")
    assert run(folder, then="exit 0").returncode == 0
    assert not lock.exists()


@pytest.mark.parametrize("name", ["ci", "nightly"])
def test_workflows_run_commands_that_exist(name):
    path = CHECKOUT / ".github" / "workflows" / f"{name}.yml"
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    commands = [step["run"] for step in steps if "run" in step]
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = [
        target
        for command in commands
        for target in re.findall(r"^make ([a-z-]+)", command, flags=re.M)
    ]
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, flags=re.M), target
    for step in steps:
        # A tag can be moved to other code, and a variable hold more than a word.
        assert re.fullmatch("actions/[a-z-]+@[0-9a-f]{40}", step.get("uses", PINNED))
        assert "${{" not in step.get("run", "")
        if step.get("uses", "").startswith("actions/cache"):
            assert step["with"]["path"] == "published/segmentation.duckdb"
    for script in re.findall(r"^\.\S+", "\n".join(commands), flags=re.M):
        assert os.access(CHECKOUT / script, os.X_OK), script
