"""Measure what a build costs, in seconds of the processor.

Three builds, interleaved, so that a machine that slows down slows all of them:

- `smallest`: a dbt project of one seed and one model, with the same dbt and DuckDB;
- `first`: this project with its demonstration data, in an empty folder;
- `nightly`: the same once more, with nothing changed.

With ``--rows`` one build of so many raw rows instead, and plain_script.py on the same:
the demonstration data with all their dirt, copied under other ids and names.

Usage, from the project folder::

    python benchmarks/build_cost.py [--rounds 3 | --rows 1000000]
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb

# Lets the script run by its path; pytest knows this folder from pyproject.toml.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "python"))

from dbt_project import DbtProject
from project_copies import CHECKOUT, copy_checkout

SMALLEST = {
    "dbt_project.yml": "{name: smallest, profile: smallest, version: 1.0.0}",
    "profiles.yml": (
        "smallest: {target: duckdb, outputs: {duckdb:"
        " {type: duckdb, path: smallest.duckdb, threads: 2}}}"
    ),
    "seeds/numbers.csv": "number\n1\n2\n",
    "models/doubled.sql": "select 2 * number as doubled from {{ ref('numbers') }}",
}
# Keys and names of the first copy, from those of the seeds; blank ones stay blank.
COPIED = {
    "enterprise_id": r"regexp_replace(enterprise_id, '(\d)(\s*)$', '\1x' || n || '\2')",
    "enterprise_name": "enterprise_name || ' ' || n",
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


def write_many(folder: Path, row_count: int) -> None:
    """Write the raw tables of about so many rows."""
    folder.mkdir()
    tables = {
        path.stem.removeprefix("raw_"): duckdb.read_csv(str(path), all_varchar=True)
        for path in (CHECKOUT / "seeds" / "raw").glob("*.csv")
    }
    copies = round(row_count / sum(map(len, tables.values())))
    for name, table in tables.items():
        changed = ", ".join(
            f"{text} as {column}"
            for column, text in COPIED.items()
            if column in table.columns
        )
        table.query(
            "copied",
            f"select * replace ({changed}) from copied, range({copies}) as copies (n)",
        ).write_csv(str(folder / f"{name}.csv"))


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


def measure_many(folder: Path, row_count: int) -> None:
    write_many(folder / "export", row_count)
    copy_checkout(folder / "project")
    settings = {"RAW_DATA_DIR": str(folder / "export"), "raw_source": "files"}
    project = DbtProject(folder / "project", settings=settings | {"evaluate": "false"})
    script = [sys.executable, str(CHECKOUT / "benchmarks" / "plain_script.py")]
    folders = [str(folder / "export"), str(folder)]
    of_script = measured(lambda: subprocess.run([*script, *folders], check=True))
    seconds = run_dbt(project, "build")
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    target = project.folder / "target"
    results = (target / "run_results.json").read_text("utf-8")
    run_dbt(project, "parse")
    print(
        f"{seconds:.0f} s of the processor, {seconds / of_script:.1f} times the"
        f" script's {of_script:.0f} s, and {gigabytes:.1f} GB at most; by the clock:"
    )
    print(describe(target, json.loads(results)))


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
    parser.add_argument("--rows", type=int)
    options = parser.parse_args()
    if options.rows is None:
        measure_rounds(options.rounds)
        return
    with tempfile.TemporaryDirectory(prefix="build_cost_") as folder:
        measure_many(Path(folder), options.rows)


if __name__ == "__main__":
    main()
