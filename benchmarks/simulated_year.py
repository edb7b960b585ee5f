"""Live through a year of an agency with real builds and see whether segments last.

Copies the project, writes the raw tables of month after month (simulate_agency.py),
runs a full ``dbt build`` on each into one publication, and holds what is published
against what really happened (compare_months.py). Beside it, on the same cleaned
tables, the naive way: k-means fitted anew each month, its cluster number as the key.

Targets, under the default policy, in every month: at least 99 % of the members that
did not move keep their segment, since the month before and since month 0; and all
who really moved are listed as such. The exit code is 1 if one is missed.

Usage::

    python benchmarks/simulated_year.py [--months 12] [--move-month 7] [--noise 0.03]
        [--seed 1] [--output benchmarks/simulated_year.md] [--keep-dir folder]
        [--default-only]

A year under two policies is 26 builds, of 20 seconds each on two cores.
"""

import argparse
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb
import pandas as pd
from sklearn.metrics import adjusted_rand_score

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.append(str(Path(__file__).resolve().parents[1] / "python_models"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tools"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "python"))

from compare_months import (
    Change,
    Publication,
    count_right,
    expected_changes,
    kept_share,
    naive_clusters,
)
from dbt_project import DbtProject
from segmentation.learning.model_rows import model_from_rows
from segmentation.learning.sampling import read_fit_sample
from simulate_agency import Month, simulate_months, write_raw_tables

CHECKOUT = Path(__file__).resolve().parents[1]
KEPT_TARGET = 0.99
DEFAULT_POLICY = "auto"
OWN_CAUSES = ("enterprise_changed", "model_changed")
COMING_AND_GOING = ("new", "gone")
NOT_COPIED = shutil.ignore_patterns(
    *(".git", ".venv", "build", "published", "target", "logs", "benchmarks"),
    *("__pycache__", ".*_cache"),
)


@dataclass(frozen=True, kw_only=True)
class PolicyMonth:
    """How one month went under one refit policy.

    Attributes
    ----------
    fit_id : int
    refit_reason : str
        Empty if the model of the month before served again.
    kept_since_last_month, kept_since_start : float
        Share of the unmoved members of both months that have the same segment.
    own_right, own_total : int
        Changes of segment listed with the right enterprise, segments and cause.
    unmoved_own : int
        Of those expected, how many noise alone carried over a border.
    by_model : int
        Of those expected, how many are the work of a refit.
    flow_right, flow_total : int
        The same for arrivals and departures.
    movers_right, movers_total : int
        The same for those who really moved.
    """

    fit_id: int
    refit_reason: str
    kept_since_last_month: float
    kept_since_start: float
    own_right: int
    own_total: int
    unmoved_own: int
    by_model: int
    flow_right: int
    flow_total: int
    movers_right: int
    movers_total: int


@dataclass(frozen=True, kw_only=True)
class NaiveMonth:
    """How one month went for a cluster number taken as the key.

    Attributes
    ----------
    kept_number, kept_number_since_start : float
        Share of the unmoved members of both months with the same number.
    kept_group : float
        Adjusted Rand index of the two months on those members: 1 if the groups are
        the same, whatever their numbers.
    """

    kept_number: float
    kept_number_since_start: float
    kept_group: float


def build_months(
    months: list[Month], *, folder: Path, policy: str
) -> list[Publication]:
    """Build every month into one publication, and read each.

    Parameters
    ----------
    months : list of Month
    folder : pathlib.Path
        Receives the copy of the project and its raw files; must not exist.
    policy : str
        The variable ``refit``.

    Raises
    ------
    RuntimeError
        If a build fails, does not publish, or reads other enterprises than were
        written.
    """
    shutil.copytree(CHECKOUT, folder / "project", ignore=NOT_COPIED)
    raw_files = folder / "export"
    raw_files.mkdir()
    project = DbtProject(
        folder / "project",
        settings={
            "raw_source": "files",
            "data_set": "simulated_agency",
            "refit": policy,
            # What evaluates the clusters has no say in who is in which segment.
            "evaluate": "false",
            "RAW_DATA_DIR": str(raw_files),
        },
    )
    publications = []
    for month in months:
        write_raw_tables(month, raw_files)
        process = project.dbt("build", as_of=str(month.as_of))
        if process.returncode != 0:
            raise RuntimeError(f"Month {month.number} failed:\n{process.stdout}")
        publications.append(read_publication(project, month=month))
        print(
            f"refit {policy}, month {month.number}: fit {publications[-1].fit_id}",
            flush=True,
        )
    return publications


def read_publication(project: DbtProject, *, month: Month) -> Publication:
    """Read what a month's build cleaned and published.

    Raises
    ------
    RuntimeError
        If the publication is not that of the month's enterprises.
    """
    with duckdb.connect(str(project.published), read_only=True) as published:
        labels = published.sql(
            "select enterprise_id, segment_key, cluster_id from enterprise_segments"
            " order by enterprise_id"
        ).df()
        changes = published.execute(
            "select enterprise_id, from_segment_key, to_segment_key, cause"
            " from segment_changes where changed_at = $1 order by enterprise_id",
            [month.as_of.to_pydatetime()],
        ).fetchall()
        fit_id, reason = published.sql(
            "select fit_id, reason from segmentation_fits order by fit_id desc limit 1"
        ).fetchall()[0]
        model = model_from_rows(
            published.execute(
                "select * from fit_parameters where fit_id = $1", [fit_id]
            ).df()
        )
    if list(labels["enterprise_id"]) != list(month.enterprises["enterprise_id"]):
        raise RuntimeError(f"Month {month.number} did not publish its enterprises.")
    build = project.folder / "build" / "segmentation.duckdb"
    with duckdb.connect(str(build), read_only=True) as database:
        sample = read_fit_sample(
            database.table("features.enterprise_features"), settings=model.settings
        )
    labels = labels.set_index("enterprise_id")
    listed = {row[0]: Change(*row[1:]) for row in changes}
    if len(listed) != len(changes):
        raise RuntimeError(f"Month {month.number} lists an enterprise twice.")
    return Publication(
        sample=sample,
        segments=labels["segment_key"],
        clusters=labels["cluster_id"],
        changes=listed,
        fit_id=fit_id,
        reason=reason,
        model=model,
    )


def judge_policy(
    months: list[Month], publications: list[Publication]
) -> list[PolicyMonth]:
    """Hold every publication after the first against what happened."""
    judged = []
    for month, before, after in zip(
        months[1:], publications, publications[1:], strict=False
    ):
        expected = expected_changes(before, after, moved=month.moved)
        movers = {name: expected[name] for name in month.moved}
        listed_movers = {n: c for n, c in after.changes.items() if n in movers}
        without = moved_until(months, month.number)
        causes = [c.cause for name, c in expected.items() if name not in movers]
        own = count_right(expected, after.changes, causes=OWN_CAUSES)
        flow = count_right(expected, after.changes, causes=COMING_AND_GOING)
        right = count_right(movers, listed_movers, causes=OWN_CAUSES)
        judged.append(
            PolicyMonth(
                fit_id=after.fit_id,
                refit_reason=after.reason if after.fit_id != before.fit_id else "",
                kept_since_last_month=kept_share(
                    before.segments, after.segments, without=without
                ),
                kept_since_start=kept_share(
                    publications[0].segments, after.segments, without=without
                ),
                own_right=own[0],
                own_total=own[1],
                unmoved_own=causes.count("enterprise_changed"),
                by_model=causes.count("model_changed"),
                flow_right=flow[0],
                flow_total=flow[1],
                movers_right=right[0],
                movers_total=right[1],
            )
        )
    return judged


def judge_naive(
    months: list[Month], publications: list[Publication], *, random_states: list[int]
) -> list[NaiveMonth]:
    """Fit every month's cleaned table anew and compare the numbers."""
    clusters = [
        naive_clusters(p.sample, settings=p.model.settings, random_state=random_state)
        for p, random_state in zip(publications, random_states, strict=True)
    ]
    judged = []
    for month, before, after in zip(months[1:], clusters, clusters[1:], strict=False):
        without = moved_until(months, month.number)
        both = before.index.intersection(after.index).difference(list(without))
        judged.append(
            NaiveMonth(
                kept_number=kept_share(before, after, without=without),
                kept_number_since_start=kept_share(clusters[0], after, without=without),
                kept_group=float(adjusted_rand_score(before[both], after[both])),
            )
        )
    return judged


def moved_until(months: list[Month], number: int) -> frozenset[str]:
    """Return who has really moved up to a month, which includes it."""
    return frozenset().union(*(month.moved for month in months[: number + 1]))


def find_missed_targets(judged: list[PolicyMonth]) -> list[str]:
    """Say which targets the default policy missed, and in which month."""
    missed = []
    for number, month in enumerate(judged, start=1):
        for since, kept in (
            ("the month before", month.kept_since_last_month),
            ("month 0", month.kept_since_start),
        ):
            if kept < KEPT_TARGET:
                missed.append(
                    f"Month {number}: {kept:.1%} of the unmoved members keep their"
                    f" segment since {since}, less than {KEPT_TARGET:.0%}."
                )
        if month.movers_right < month.movers_total:
            missed.append(
                f"Month {number}: {month.movers_right} of {month.movers_total} who"
                " really moved are listed as such."
            )
    return missed


def tabulate(
    months: list[Month],
    policies: dict[str, list[PolicyMonth]],
    naive: dict[str, list[NaiveMonth]],
) -> pd.DataFrame:
    """Put one month into one row, as texts."""
    columns = {
        "month": [str(month.number) for month in months[1:]],
        "clients": [str(len(month.enterprises)) for month in months[1:]],
        "came": [str(len(month.arrived)) for month in months[1:]],
        "left": [str(len(month.departed)) for month in months[1:]],
        "moved": [str(len(month.moved)) for month in months[1:]],
    }
    for policy, judged in policies.items():
        columns[f"{policy}: fit"] = [
            f"{m.fit_id} ({m.refit_reason})" if m.refit_reason else str(m.fit_id)
            for m in judged
        ]
        columns[f"{policy}: kept segment"] = [
            f"{m.kept_since_last_month:.1%}" for m in judged
        ]
        columns[f"{policy}: since month 0"] = [
            f"{m.kept_since_start:.1%}" for m in judged
        ]
        columns[f"{policy}: movers right"] = [
            f"{m.movers_right} / {m.movers_total}" for m in judged
        ]
        columns[f"{policy}: others by noise, by refit"] = [
            f"{m.unmoved_own}, {m.by_model}" for m in judged
        ]
        columns[f"{policy}: changes right"] = [
            f"{m.own_right} / {m.own_total}" for m in judged
        ]
        columns[f"{policy}: came and left right"] = [
            f"{m.flow_right} / {m.flow_total}" for m in judged
        ]
    for name, judged in naive.items():
        columns[f"{name}: kept number"] = [f"{m.kept_number:.1%}" for m in judged]
        columns[f"{name}: since month 0"] = [
            f"{m.kept_number_since_start:.1%}" for m in judged
        ]
        columns[f"{name}: ARI"] = [f"{m.kept_group:.3f}" for m in judged]
    return pd.DataFrame(columns)


LEGEND = """\
Of each month, what changed since the month before. *auto* and *always* are the refit
policies of this project, *naive* is k-means fitted anew on the same cleaned table with
the cluster number as the key, its random state the month's number or 42 in each.

- kept segment, kept number: share of the members of both months that have not really
  moved and have the same segment, or number, as the month before; beside it, as in
  month 0.
- fit: the number of the model in force, with the reason if it is new.
- movers right: those who really moved and are listed with both segments and the cause
  `enterprise_changed`.
- others by noise, by refit: unmoved members whose segment changed, because their
  figures crossed a border of the model in force before, or because it was replaced.
- changes right, came and left right: rows of `segment_changes` as they should be; the
  total also counts rows that should not be there.
- ARI: adjusted Rand index of the naive groups of both months on the same members, 1 if
  only the numbers changed.
"""


def write_report(
    table: pd.DataFrame,
    *,
    months: list[Month],
    missed: list[str],
    options: argparse.Namespace,
) -> str:
    """Write the result as Markdown, with what is needed to get it again."""
    command = (
        f"python benchmarks/simulated_year.py --months {options.months}"
        f" --move-month {options.move_month} --noise {options.noise}"
        f" --seed {options.seed}"
    ) + (" --default-only" if options.default_only else "")
    packages = ("dbt-core", "dbt-duckdb", "duckdb", "numpy", "scikit-learn")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    moved = sorted(moved_until(months, len(months) - 1))
    lines = [
        "# A simulated year",
        "",
        "Written by:",
        "",
        "```console",
        command,
        "```",
        "",
        f"with {versions}. Follower counts wander by {options.noise:.0%} a month, which"
        f" adds up. {len(months[0].enterprises)} clients at the start;"
        f" {len(moved)} really move"
        + (f", in month {options.move_month}: {', '.join(moved)}." if moved else "."),
        "",
        LEGEND,
        "| " + " | ".join(table.columns) + " |",
        "|" + "---|" * len(table.columns),
        *("| " + " | ".join(row) + " |" for row in table.itertuples(index=False)),
        "",
        *(
            missed
            or [
                f"All targets met: in every month under `refit: {DEFAULT_POLICY}` at"
                f" least {KEPT_TARGET:.0%} of the unmoved members keep their segment,"
                " and all who really moved are listed as such."
            ]
        ),
    ]
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; return the exit code."""
    parser = argparse.ArgumentParser(description="Live through a simulated year.")
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--move-month", type=int, default=7)
    parser.add_argument("--noise", type=float, default=0.03)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--output", type=Path, default=Path(__file__).with_suffix(".md")
    )
    parser.add_argument("--keep-dir", type=Path, help="a new folder to build in")
    parser.add_argument(
        "--default-only", action="store_true", help="leave out refit: always"
    )
    options = parser.parse_args(arguments)

    months = simulate_months(
        month_count=options.months,
        move_month=options.move_month,
        noise=options.noise,
        seed=options.seed,
    )
    names = [DEFAULT_POLICY] if options.default_only else [DEFAULT_POLICY, "always"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep_dir or Path(temporary)
        publications = {
            name: build_months(months, folder=folder / name, policy=name)
            for name in names
        }
    policies = {name: judge_policy(months, publications[name]) for name in names}
    default = publications[DEFAULT_POLICY]
    naive = {
        f"naive {name}": judge_naive(months, default, random_states=random_states)
        for name, random_states in (
            ("month", [month.number for month in months]),
            ("42", [42] * len(months)),
        )
    }
    missed = find_missed_targets(policies[DEFAULT_POLICY])
    report = write_report(
        tabulate(months, policies, naive),
        months=months,
        missed=missed,
        options=options,
    )
    options.output.write_text(report, encoding="utf-8")
    print(report)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
