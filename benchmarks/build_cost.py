"""Measure what builds of any size cost, beside other ways to the same tables.

Raw tables of so many enterprises are made of the demonstration data, copied under other
ids, names and counts: a quarter of them active, three lines of accounts for two of
them, and with all the dirt, or with none. On the same files, each in a process of its
own:

- `smallest`: a dbt project of one seed and one model, with the same dbt and DuckDB;
- `script`: plain_script.py, pandas and scikit-learn;
- `floor`: plain_statements.py, the same tables as a few DuckDB statements;
- `core`: the models up to the members, profiles, mixes and recommendations;
- `whole`: a first build with evaluation, tests, page, charts, exports, publication;
- `nightly`: the next build, after 3 % of the counts have changed.

With ``--sales`` sizes are those of sales lines, beside the demonstration's enterprises,
and script and core are those of the accounts; there is no floor.

Usage, from the project folder::

    python benchmarks/build_cost.py 1595 100000 1000000 [--rounds 3] [--clean]
        [--parts floor,core] [--most-over-floor 5] [--chart cost.png]
    python benchmarks/build_cost.py --sales 500000 --parts script,core,whole
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb
from matplotlib.figure import Figure

# Lets the script run by its path; pytest knows this folder from pyproject.toml.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "python"))

from dbt_project import DbtProject
from project_copies import CHECKOUT, copy_checkout

PARTS = ("smallest", "script", "floor", "core", "whole", "nightly")
# The folder that each build is made in: the nightly one goes on from the whole one.
BUILDS = {"core": "core", "whole": "whole", "nightly": "whole"}
CORE = (
    "+enterprise_segments +cluster_profiles +cluster_category_mix +cluster_city_mix"
    " +enterprise_recommendations"
)
SALES_CORE = (
    "+account_segments +account_cluster_profiles +segment_top_products +rfm_grid"
    " +account_recommendations"
)
SMALLEST = {
    "dbt_project.yml": "{name: smallest, profile: smallest, version: 1.0.0}",
    "profiles.yml": (
        "smallest: {target: duckdb, outputs: {duckdb:"
        " {type: duckdb, path: smallest.duckdb, threads: 2}}}"
    ),
    "seeds/numbers.csv": "number\n1\n2\n",
    "models/doubled.sql": "select 2 * number as doubled from {{ ref('numbers') }}",
}
# The clean rows behind the demonstration's dirt, of the table its answers are held to.
CLEAN = {
    "enterprises": """
        select enterprise_id, enterprise_name, category_name, city_name, postal_code,
            is_active, created_on as created_at
        from clients
    """,
    "social_accounts": """
        select enterprise_id, split_part(account, '=', 1) as platform,
            split_part(account, '=', 2) as followers, '2025-06-01' as measured_on
        from (select enterprise_id, unnest(string_split(followers, ' ')) as account
            from clients where followers <> '')
    """,
    "turnover": """
        select enterprise_id, split_part(year, '=', 1) as fiscal_year,
            format('{:.2f}', split_part(year, '=', 2)::bigint / 100) as turnover_eur
        from (select enterprise_id, unnest(string_split(turnover_cents, ' ')) as year
            from clients where turnover_cents <> '')
    """,
}
# What becomes of a column in copy n: keys and names are others, and a count that is a
# plain number differs by up to a fifth.
COPIED = {
    "enterprise_id": r"regexp_replace(enterprise_id, '(\d)(\s*)$', '\1x' || n || '\2')",
    "line_id": "line_id || 'x' || n",
    "account_id": r"regexp_replace(account_id, '(\d)(\s*)$', '\1x' || n || '\2')",
    "contract_id": "contract_id || 'x' || n",
    "unit_price_eur": r"""if(regexp_full_match(unit_price_eur, '[0-9]{{1,5}}(\.\d+)?'),
        round(unit_price_eur::double * (80 + (line * 31 + n * 17) % 41) / 100, 2)
        ::varchar, unit_price_eur)""",
    "enterprise_name": "enterprise_name || ' ' || n",
    "followers": """if(regexp_full_match(followers, '[0-9]{{1,12}}'),
        (cast(followers as bigint) * (80 + (line * 31 + n * 17) % 41 + {surplus}) // 100
        )::varchar, followers)""",
}
# Lines whose count has doubled in the next night's export: 3 in 100.
SURPLUS = "if((line * 7 + n * 13) % 100 < 3, 100, 0)"


@dataclass
class Cost:
    """What a command cost: seconds of the processor and by the clock, and memory."""

    cpu: float
    wall: float
    gigabytes: float


def measured(start: Callable[[], object]) -> Cost:
    """Start a process, wait for it and return what it and its children cost."""
    began = time.perf_counter()
    process = start()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(
            f"{process.args} ended with {os.waitstatus_to_exitcode(status)}"
        )
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.perf_counter() - began,
        gigabytes=usage.ru_maxrss / 1e6,
    )


def write_raw(
    folder: Path, enterprise_count: int, *, is_clean: bool, is_next_night: bool = False
) -> None:
    """Write raw tables of about so many enterprises; of few, the demonstration's."""
    folder.mkdir(exist_ok=True)
    engine = duckdb.connect()
    engine.read_csv(
        str(CHECKOUT / "tests" / "fixtures" / "demonstration_clients.csv"),
        all_varchar=True,
    ).filter("is_active <> ''").create_view("clients")
    for name, clean in CLEAN.items():
        seed = CHECKOUT / "seeds" / "raw" / f"raw_{name}.csv"
        rows = clean if is_clean else f"from read_csv('{seed}', all_varchar=true)"
        engine.execute(
            f"create table {name} as"
            f" select *, row_number() over () as line from ({rows})"
        )
    (rows_count,) = engine.execute("select count(*) from enterprises").fetchone()
    copies = max(1, round(enterprise_count / rows_count))
    for name in CLEAN:
        columns = engine.table(name).columns
        changed = ", ".join(
            f"{text.format(surplus=SURPLUS if is_next_night else 0)} as {column}"
            for column, text in COPIED.items()
            if column in columns and (copies > 1 or column == "followers")
        )
        # Three accounts for two enterprises, not five, and so with their turnovers.
        kept = "true" if name == "enterprises" or copies == 1 else "(line + n) % 5 < 3"
        engine.execute(
            f"""copy (
                select * exclude (line, n) replace ({changed})
                from {name}, range({copies}) as copies (n) where {kept}
            ) to '{folder / name}.csv' (header true)"""
            if changed
            else f"copy (select * exclude (line) from {name}) to '{folder / name}.csv'"
        )


def write_sales(folder: Path, line_count: int) -> None:
    """Write about so many sales lines beside the demonstration's enterprises."""
    write_raw(folder, 1, is_clean=False)
    engine = duckdb.connect()
    seed = CHECKOUT / "seeds" / "raw" / "raw_sales_lines.csv"
    engine.execute(
        "create table sales_lines as select *, row_number() over () as line"
        f" from read_csv('{seed}', all_varchar=true)"
    )
    copies = max(1, round(line_count / len(engine.table("sales_lines"))))
    columns = ("line_id", "account_id", "contract_id", "unit_price_eur")
    changed = ", ".join(f"{COPIED[column].format()} as {column}" for column in columns)
    engine.execute(
        f"""copy (
            select * exclude (line, n) replace ({changed})
            from sales_lines, range({copies}) as copies (n)
        ) to '{folder / "sales_lines.csv"}' (header true)"""
    )


class Volume:
    """Raw tables of one size, and what each way of working on them costs."""

    def __init__(
        self,
        folder: Path,
        enterprise_count: int,
        *,
        is_clean: bool,
        is_of_sales: bool = False,
    ):
        self.folder = folder
        self.is_of_sales = is_of_sales
        self.enterprise_count = enterprise_count
        self.is_clean = is_clean
        folder.mkdir(parents=True, exist_ok=True)
        self.raw = folder / "export"
        self.write()

    def write(self, *, is_next_night: bool = False) -> None:
        if self.is_of_sales:
            write_sales(self.raw, self.enterprise_count)
            return
        write_raw(
            self.raw,
            self.enterprise_count,
            is_clean=self.is_clean,
            is_next_night=is_next_night,
        )

    def measure(self, part: str) -> Cost:
        if part in ("script", "floor"):
            name = {"script": "plain_script", "floor": "plain_statements"}[part]
            name = "plain_sales_script" if self.is_of_sales else name
            command = [sys.executable, str(CHECKOUT / "benchmarks" / f"{name}.py")]
            folders = [str(self.raw), str(self.folder)]
            return measured(lambda: subprocess.Popen([*command, *folders]))
        name = BUILDS.get(part, part)
        if part == "nightly":
            self.write(is_next_night=True)
        else:
            shutil.rmtree(self.folder / name, ignore_errors=True)
            make = write_smallest if part == "smallest" else copy_checkout
            make(self.folder / name)
        no_tests = ["--exclude-resource-types", "test unit_test"]
        core = SALES_CORE if self.is_of_sales else CORE
        options = ["--select", core, *no_tests] if part == "core" else []
        settings = {"RAW_DATA_DIR": str(self.raw), "raw_source": "files"}
        project = DbtProject(self.folder / name, settings=settings)
        options += ["--profiles-dir", "."]
        with (self.folder / f"{part}.log").open("w") as log:
            return measured(lambda: project.start("build", *options, output=log))


def write_smallest(folder: Path) -> None:
    for name, text in SMALLEST.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def describe(target: Path) -> str:
    """Tell where the time of a build went, by kind and by node."""
    results = json.loads((target / "run_results.json").read_text("utf-8"))["results"]
    nodes = json.loads((target / "manifest.json").read_text("utf-8"))["nodes"]
    kinds = defaultdict(list)
    for result in results:
        kind = result["unique_id"].partition(".")[0].replace("operation", "hook")
        if kind == "model":
            kind = f"{nodes[result['unique_id']]['language']} model"
        kinds[kind].append(result["execution_time"])
    slowest = sorted(results, key=lambda result: -result["execution_time"])
    return "\n".join(
        [
            *(
                f"  {sum(times):8.2f}  {len(times)} x {kind}"
                for kind, times in sorted(kinds.items(), key=lambda item: -sum(item[1]))
            ),
            *(
                f"  {result['execution_time']:8.2f}    {result['unique_id']}"
                for result in slowest[:10]
            ),
        ]
    )


def measure_size(
    folder: Path, size: int, options: argparse.Namespace
) -> dict[str, list[Cost]]:
    """Measure the parts in turn, round by round, and print each."""
    costs: dict[str, list[Cost]] = {part: [] for part in options.parts}
    volume = Volume(folder, size, is_clean=options.clean, is_of_sales=options.sales)
    for number in range(options.rounds):
        if number:
            volume.write()
        for part in options.parts:
            cost = volume.measure(part)
            costs[part].append(cost)
            print(
                f"{size:>10,} {part:8} {cost.cpu:8.1f} s of the processor"
                f" {cost.wall:8.1f} s by the clock {cost.gigabytes:5.2f} GB",
                flush=True,
            )
            if part in BUILDS:
                print(describe(volume.folder / BUILDS[part] / "target"), flush=True)
    return costs


def report(costs: dict[int, dict[str, list[Cost]]]) -> str:
    """Write a Markdown table; growth is the exponent from one size to the next."""
    lines = [
        "| enterprises | part | processor, s (least to most) | by the clock, s | GB"
        " | x smallest | x script | x floor | growth |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    before: dict[str, tuple[int, float]] = {}
    for size, parts in costs.items():
        seconds = {part: median(c.cpu for c in runs) for part, runs in parts.items()}
        for part, runs in parts.items():
            ratios = [
                f"{seconds[part] / seconds[other]:.2f}" if other in seconds else ""
                for other in ("smallest", "script", "floor")
            ]
            growth = ""
            if part in before:
                smaller, cheaper = before[part]
                exponent = math.log(seconds[part] / cheaper) / math.log(size / smaller)
                growth = f"{exponent:.2f}"
            before[part] = (size, seconds[part])
            each = sorted(c.cpu for c in runs)
            spread = f" ({each[0]:.1f} to {each[-1]:.1f})" if len(each) > 1 else ""
            cells = [
                f"{size:,}",
                part,
                f"{seconds[part]:.1f}{spread}",
                f"{median(c.wall for c in runs):.1f}",
                f"{max(c.gigabytes for c in runs):.2f}",
                *ratios,
                growth,
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def draw(costs: dict[int, dict[str, list[Cost]]], path: Path) -> None:
    """Draw seconds of the processor by size, both on logarithmic scales."""
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    for part in PARTS:
        points = {
            size: median(cost.cpu for cost in parts[part])
            for size, parts in costs.items()
            if part in parts
        }
        if points:
            axes.plot(points.keys(), points.values(), "o-", label=part)
    axes.set(xscale="log", yscale="log", xlabel="raw enterprises")
    axes.set_ylabel("seconds of the processor")
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--clean", action="store_true")
    parser.add_argument("--sales", action="store_true")
    parser.add_argument("--parts", type=lambda names: names.split(","), default=PARTS)
    parser.add_argument("--most-over-floor", type=float)
    parser.add_argument("--chart", type=Path)
    options = parser.parse_args()
    costs = {}
    for size in options.sizes:
        with tempfile.TemporaryDirectory(prefix="build_cost_") as folder:
            costs[size] = measure_size(Path(folder), size, options)
    print(report(costs))
    if options.chart:
        draw(costs, options.chart)
    if options.most_over_floor:
        for size, parts in costs.items():
            core, floor = (median(c.cpu for c in parts[p]) for p in ("core", "floor"))
            if core > options.most_over_floor * floor:
                sys.exit(
                    f"At {size:,} enterprises the core path costs {core / floor:.1f}"
                    f" times the plain statements, and {options.most_over_floor:g} is"
                    " the most that it may."
                )


if __name__ == "__main__":
    main()
