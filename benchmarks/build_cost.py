"""Measure what a build costs, in seconds of the processor.

Three builds, interleaved, so that a machine that slows down slows all of them:

- `smallest`: a dbt project of one seed and one model, with the same dbt and DuckDB;
- `first`: this project with its demonstration data, in an empty folder;
- `nightly`: the same once more, with nothing changed.

Usage, from the project folder::

    python benchmarks/build_cost.py [--rounds 3]
"""

import argparse
import json
import resource
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

# Lets the script run by its path; pytest knows this folder from pyproject.toml.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "python"))

from dbt_project import DbtProject
from project_copies import copy_checkout

SMALLEST = {
    "dbt_project.yml": "{name: smallest, profile: smallest, version: 1.0.0}",
    "profiles.yml": (
        "smallest: {target: duckdb, outputs: {duckdb:"
        " {type: duckdb, path: smallest.duckdb, threads: 2}}}"
    ),
    "seeds/numbers.csv": "number\n1\n2\n",
    "models/doubled.sql": "select 2 * number as doubled from {{ ref('numbers') }}",
}


def measured(run: Callable[[], object]) -> float:
    """Run commands; return the processor's seconds, system calls included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run_dbt(project: DbtProject, *arguments: str) -> float:
    return measured(lambda: project.succeed(*arguments, "--profiles-dir", "."))


def write_smallest(folder: Path) -> None:
    for name, text in SMALLEST.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def measure_round(folder: Path) -> tuple[dict[str, float], dict[str, str]]:
    """Run each build once; return their seconds, and where those of two went."""
    write_smallest(folder / "smallest")
    copy_checkout(folder / "project")
    project = DbtProject(folder / "project")
    target = project.folder / "target"
    seconds = {"smallest": run_dbt(DbtProject(folder / "smallest"), "build")}
    tables = {}
    for name, parsing in {"first": "--no-partial-parse", "nightly": "--quiet"}.items():
        seconds[name] = run_dbt(project, "build")
        results = (target / "run_results.json").read_text("utf-8")
        # Only this command says how long parsing takes.
        run_dbt(project, "parse", parsing)
        tables[name] = describe(target, json.loads(results))
    return seconds, tables


def describe(target: Path, results: dict) -> str:
    """Tell where the time of a build went, by kind and by node."""
    nodes = json.loads((target / "manifest.json").read_text("utf-8"))["nodes"]
    parsing = json.loads((target / "perf_info.json").read_text("utf-8"))
    kinds = defaultdict(list)
    for result in results["results"]:
        kind = result["unique_id"].partition(".")[0]
        if kind == "model":
            kind = f"{nodes[result['unique_id']]['language']} model"
        kinds[kind.replace("operation", "hook")].append(result["execution_time"])
    slowest = sorted(results["results"], key=lambda result: -result["execution_time"])
    return "\n".join(
        [
            f"  {parsing['load_all_elapsed']:8.2f}  parsing",
            f"  {results['elapsed_time']:8.2f}  running, of which",
            *(
                f"  {sum(times):8.2f}    {len(times)} x {kind}"
                for kind, times in sorted(kinds.items(), key=lambda item: -sum(item[1]))
            ),
            "  the ten slowest:",
            *(
                f"  {result['execution_time']:8.2f}    {result['unique_id']}"
                for result in slowest[:10]
            ),
        ]
    )


def measure_rounds(round_count: int) -> None:
    rounds = []
    tables: dict[str, str] = {}
    for number in range(1, round_count + 1):
        with tempfile.TemporaryDirectory(prefix="build_cost_") as folder:
            seconds, tables = measure_round(Path(folder))
        rounds.append(seconds)
        listed = ", ".join(f"{name} {value:.1f} s" for name, value in seconds.items())
        print(f"round {number}: {listed}", flush=True)
    medians = {name: median(r[name] for r in rounds) for name in rounds[0]}
    for name, value in medians.items():
        ratio = value / medians["smallest"]
        print(f"{name:>8}: {value:6.1f} s of the processor, {ratio:5.1f} x smallest")
    for name, table in tables.items():
        print(f"\n{name} build of the last round, seconds by the clock:\n{table}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    measure_rounds(parser.parse_args().rounds)


if __name__ == "__main__":
    main()
