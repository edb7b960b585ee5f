"""Kill builds at random moments while somebody reads, and see what the reader saw.

Copies the project and publishes once. Then build after build is started, each with a
clock of its own, and killed (SIGKILL, with all its threads): half of them after a
random time, the others a moment after they have begun to publish, where a random time
seldom hits. All the while a reader opens the published file as a BI tool does and
checks that it is one whole publication: every table that it lists is there with as
many rows as it says, of one clock that a build was started with.

The exit status is 1 if a read failed or saw anything else, if clocks ran backwards, or
if the build that follows needs any repair.

Usage::

    python benchmarks/killed_builds.py [--kills 20] [--seed 1]

Twenty kills take about five minutes on two cores.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import duckdb

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "python"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "python_models"))

from dbt_project import DbtProject
from project_copies import copy_checkout
from segmentation.publication.publication_folder import REPLACING, UNFINISHED

LOG_LENGTH = 3_000
FIRST_CLOCK = datetime(2025, 6, 30, 12)
LONGEST_BUILD_SECONDS = 20
# Leaves the builds a processor.
READ_PAUSE_SECONDS = 0.02
# How long after the first sign of publishing a build is killed, at most.
LONGEST_PUBLISHING_SECONDS = 1.5


class Report(NamedTuple):
    """How builds ended, what a reader saw, and the log of a next build gone wrong."""

    ends: Counter
    read_count: int
    clocks: list[str]
    failures: list[str]
    next_build: str


def kill_builds(project: DbtProject, *, kill_count: int, seed: int) -> Report:
    """Kill builds of a copy that has been published, at times that the seed decides."""
    chance = random.Random(seed)
    ends: Counter = Counter()
    reads: list[tuple[str, str]] = []
    is_over = threading.Event()

    def read() -> None:
        while not is_over.wait(READ_PAUSE_SECONDS):
            reads.append(read_whole_publication(project.published))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, kill_count + 1):
        started_at = time.time()
        build = project.start("build", as_of=_clock(number), output=subprocess.DEVNULL)
        if number % 2:
            time.sleep(chance.uniform(1, LONGEST_BUILD_SECONDS))
            is_publishing = _is_publishing(project, since=started_at)
        else:
            is_publishing = False
            while build.poll() is None and not is_publishing:
                time.sleep(0.002)
                is_publishing = _is_publishing(project, since=started_at)
            time.sleep(chance.uniform(0, LONGEST_PUBLISHING_SECONDS))
        is_done = build.poll() is not None
        build.kill()
        build.wait()
        when = "while" if is_publishing else "before"
        ends["done before" if is_done else f"killed {when} publishing"] += 1
    last = project.build(as_of=_clock(kill_count + 1))
    time.sleep(1)
    is_over.set()
    reader.join()
    failures = [failure for _, failure in reads if failure]
    clocks = [clock for clock, _ in groupby(clock for clock, f in reads if not f)]
    if clocks != sorted(clocks):
        failures.append(f"Clocks ran backwards: {', '.join(clocks)}.")
    is_right = last.returncode == 0 and clocks[-1:] == [_clock(kill_count + 1)]
    next_build = "" if is_right else last.stdout[-LOG_LENGTH:]
    return Report(ends, len(reads), clocks, failures, next_build)


def read_whole_publication(database: Path) -> tuple[str, str]:
    """Tell the clock of a publication and what is wrong with it, each may be empty."""
    try:
        with duckdb.connect(str(database), read_only=True) as reader:
            ((clock, tables),) = reader.sql(
                "select cast(published_at as varchar), tables from publication"
            ).fetchall()
            for table, row_count in json.loads(tables).items():
                # Reads the rows, where a count alone would ask the statistics.
                rows = reader.sql(f"select md5(cast({table} as varchar)) from {table}")
                found = len(rows.fetchall())
                if found != row_count:
                    return clock, f"{table} has {found} rows, not {row_count}."
    except duckdb.Error as error:
        return "", f"{type(error).__name__}: {error}"
    return clock, ""


def _is_publishing(project: DbtProject, *, since: float) -> bool:
    """Tell what a build does from what an earlier one has left behind."""
    for name in (UNFINISHED, REPLACING):
        with suppress(FileNotFoundError):
            if (project.published.parent / name).stat().st_mtime >= since:
                return True
    return False


def _clock(number: int) -> str:
    return str(FIRST_CLOCK + timedelta(minutes=number))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = DbtProject(Path(folder) / "project", settings={"evaluate": "false"})
        copy_checkout(project.folder)
        project.succeed("build", as_of=_clock(0))
        report = kill_builds(project, kill_count=arguments.kills, seed=arguments.seed)
    for end, count in sorted(report.ends.items()):
        print(f"{count} builds {end}")
    print(
        f"{report.read_count} reads saw {len(report.clocks)} publications,"
        f" {len(report.failures)} failures"
    )
    for failure in report.failures[:10]:
        print(f"  {failure}")
    print(report.next_build or "The next build was right, without any repair.")
    return int(bool(report.failures or report.next_build))


if __name__ == "__main__":
    sys.exit(main())
