"""Live through a year of an agency with real builds and see whether segments last.

Writes the raw tables of month after month (simulate_agency.py), runs a full
``dbt build`` on each into one publication, and holds what is published against what
really happened. Beside it, on the same cleaned tables, the naive way: k-means fitted
anew each month, its cluster number as the key.

Targets in every month: at least 99 % of the members that did not move keep their
segment, since the month before and since month 0; all who really moved are listed
as such, and nobody else. The exit code is 1 if one is missed.

Usage::

    python benchmarks/simulated_year.py

A year is 13 builds, of 20 seconds each on two cores.
"""

import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import duckdb
import pandas as pd
from sklearn.metrics import adjusted_rand_score

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.extend(
    str(Path(__file__).resolve().parents[1] / name)
    for name in ("python_models", "tools", "tests/python")
)

from dbt_project import DbtProject
from planted_data import make_settings
from project_copies import copy_checkout
from segmentation.learning.fitting import fit_model
from segmentation.learning.sampling import read_sample
from simulate_agency import (
    MOVED_FROM,
    MOVED_TO,
    Month,
    kept_share,
    simulate_months,
    write_raw_tables,
    write_table,
)

YEAR = {"month_count": 12, "move_month": 7, "noise": 0.03, "seed": 1}
KEPT_TARGET = 0.99


class Publication(NamedTuple):
    """What one build published.

    ``segments`` and ``naive`` clusters are by enterprise; so are the rows that this
    build added to ``segment_changes``: segments before and after, and the cause.
    """

    fit: str
    segments: pd.Series
    naive: pd.Series
    changes: dict[str, tuple[str | None, str | None, str]]


def build_months(months: list[Month], *, folder: Path) -> list[Publication]:
    """Build every month into one publication, and read each."""
    copy_checkout(folder / "project")
    raw_files = folder / "export"
    raw_files.mkdir()
    project = DbtProject(
        folder / "project",
        settings={
            "raw_source": "files",
            "data_set": "simulated_agency",
            # What evaluates the clusters has no say in who is in which segment.
            "evaluate": "false",
            "RAW_DATA_DIR": str(raw_files),
        },
    )
    publications = []
    for month in months:
        write_raw_tables(month, raw_files)
        project.succeed("build", as_of=str(month.as_of))
        publications.append(read_publication(project, month=month))
        print(f"month {month.number}: fit {publications[-1].fit}", flush=True)
    return publications


def read_publication(project: DbtProject, *, month: Month) -> Publication:
    """Read what a month's build cleaned and published of that month's enterprises."""
    labels = project.rows(
        "select enterprise_id, segment_key from enterprise_segments order by all"
    )
    changes = project.rows(
        "select member_id, from_segment_key, to_segment_key, cause"
        f" from segment_changes where changed_at = '{month.as_of}'"
    )
    [(fit_id, reason, fitted_at)] = project.rows(
        "select fit_id, reason, fitted_at from segmentation_fits"
        " order by fit_id desc limit 1"
    )
    settings = make_settings()
    with duckdb.connect(str(project.build_database), read_only=True) as database:
        table = database.table("segmentations.visibility_sample")
        sample = read_sample(table, settings=settings)
    naive = fit_model(sample, settings=settings).labels
    assert [key for key, _ in labels] == list(month.enterprises["enterprise_id"])
    assert len(dict(labels)) == len(sample)
    listed = {name: tuple(change) for name, *change in changes}
    assert len(listed) == len(changes), "an enterprise is listed twice"
    return Publication(
        fit=f"{fit_id}" + f" ({reason})" * (fitted_at == month.as_of),
        segments=pd.Series(dict(labels)),
        naive=pd.Series(naive, index=sample["member_id"]),
        changes=listed,
    )


def judge(months: list[Month], publications: list[Publication]) -> pd.DataFrame:
    """Hold every publication after the first against what happened: a row a month.

    A pair is how many are right and how many there are.
    """
    first, judged, without = publications[0], [], frozenset()
    for month, (before, after) in zip(months[1:], pairwise(publications), strict=True):
        without |= month.moved
        moved = dict.fromkeys(month.moved, (MOVED_FROM, MOVED_TO, "member_changed"))
        coming = dict.fromkeys(month.arrived, "new")
        coming |= dict.fromkeys(month.departed, "gone")
        listed = {name: cause for name, (*_, cause) in after.changes.items()}
        came = {n: cause for n, cause in listed.items() if cause in ("new", "gone")}
        both = before.naive.index.intersection(after.naive.index)
        both = both.difference(list(without))
        kept, kept_since, naive_kept, naive_since = (
            kept_share(getattr(since, of), getattr(after, of), without=without)
            for of in ("segments", "naive")
            for since in (before, first)
        )
        judged.append(
            {
                "month": month.number,
                "clients": len(month.enterprises),
                "came": len(month.arrived),
                "left": len(month.departed),
                "moved": len(month.moved),
                "fit": after.fit,
                "kept segment": kept,
                "since month 0": kept_since,
                "movers right": (
                    len(moved.items() & after.changes.items()),
                    len(moved),
                ),
                "others moved": len(
                    others := listed.keys() - came.keys() - moved.keys()
                ),
                "others called changed": sum(
                    listed[name] == "member_changed" for name in others
                ),
                "came and left right": (
                    len(coming.items() & came.items()),
                    len(coming.keys() | came.keys()),
                ),
                "naive: kept number": naive_kept,
                "naive: since month 0": naive_since,
                "naive: ARI": adjusted_rand_score(
                    before.naive[both], after.naive[both]
                ),
            }
        )
    return pd.DataFrame(judged)


def find_missed_targets(judged: pd.DataFrame) -> list[str]:
    """Say which targets were missed, and in which month."""
    missed = []
    for month in judged.to_dict("records"):
        for column in ("kept segment", "since month 0"):
            if month[column] < KEPT_TARGET:
                missed.append(f"Month {month['month']}: {column} {month[column]:.1%}")
        right, total = month["movers right"]
        if right < total:
            missed.append(f"Month {month['month']}: {right} of {total} movers right")
        if wrong := month["others called changed"]:
            missed.append(f"Month {month['month']}: {wrong} others called changed")
    return missed


def as_text(value: object) -> str:
    if isinstance(value, tuple):
        return " / ".join(map(str, value))
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def main() -> int:
    months = simulate_months(**YEAR)
    with tempfile.TemporaryDirectory() as folder:
        judged = judge(months, build_months(months, folder=Path(folder)))
    judged["naive: ARI"] = judged["naive: ARI"].map("{:.3f}".format)
    rows = [list(map(as_text, row)) for row in judged.to_numpy()]
    print(write_table(Path(__file__).with_suffix(".md"), [list(judged), *rows]))
    missed = find_missed_targets(judged)
    print("\n".join(missed or ["All targets met."]))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
