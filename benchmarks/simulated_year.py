"""Live through a year of an agency with real builds and see whether segments last.

Writes the raw tables of month after month (simulate_agency.py, simulate_sales.py),
runs a full ``dbt build`` on each into one publication, and holds what is published of
both segmentations against what really happened. Beside it, on the same cleaned tables
of clients, the naive way: k-means fitted anew each month, its number as the key.

Targets in every month: at least 99 % of the members that did not move keep their
segment, since the month before and since month 0; all who really moved are listed
as such, and nobody else; every account that is in another segment than before is listed
with the cause. The exit code is 1 if one is missed.

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
from simulate_sales import MOVED_FROM as BOUGHT_AS
from simulate_sales import MOVED_TO as BUYS_AS
from simulate_sales import SalesMonth, simulate_sales

YEAR = {"month_count": 12, "move_month": 7, "noise": 0.03, "seed": 1}
KEPT_TARGET = 0.99
_ALL_RIGHT = ("movers right", "accounts: movers right", "accounts: changes named")


class Publication(NamedTuple):
    """What one build published.

    ``segments`` and ``naive`` clusters are by enterprise; so are the rows that this
    build added to ``segment_changes``: segments before and after, and the cause.
    ``accounts`` and ``account_changes`` are the same of the accounts.
    """

    fit: str
    segments: pd.Series
    naive: pd.Series
    changes: dict[str, tuple[str | None, str | None, str]]
    accounts: pd.Series
    account_changes: dict[str, tuple[str | None, str | None, str]]


def build_months(
    months: list[Month], sales: list[SalesMonth], *, folder: Path
) -> list[Publication]:
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
    for month, sold in zip(months, sales, strict=True):
        write_raw_tables(month, raw_files)
        sold.lines.to_csv(raw_files / "sales_lines.csv", index=False)
        project.succeed("build", as_of=str(month.as_of))
        publications.append(read_publication(project, month=month))
        print(f"month {month.number}: fit {publications[-1].fit}", flush=True)
    return publications


def read_publication(project: DbtProject, *, month: Month) -> Publication:
    """Read what a month's build cleaned and published of that month's enterprises."""
    labels = project.rows(
        "select enterprise_id, segment_key from enterprise_segments order by all"
    )
    changes, account_changes = (
        project.rows(
            "select member_id, from_segment_key, to_segment_key, cause"
            f" from segment_changes where changed_at = '{month.as_of}'"
            f" and segmentation = '{segmentation}'"
        )
        for segmentation in ("visibility", "purchases")
    )
    [(fit_id, reason, fitted_at)] = project.rows(
        "select fit_id, reason, fitted_at from segmentation_fits"
        " where segmentation = 'visibility' order by fit_id desc limit 1"
    )
    accounts = project.rows("select account_id, segment_key from account_segments")
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
        accounts=pd.Series(dict(accounts)).sort_index(),
        account_changes={name: tuple(change) for name, *change in account_changes},
    )


def judge(
    months: list[Month], sales: list[SalesMonth], publications: list[Publication]
) -> pd.DataFrame:
    """Hold every publication after the first against what happened: a row a month.

    A pair is how many are right and how many there are.
    """
    first, judged, without = publications[0], [], frozenset()
    for month, sold, (before, after) in zip(
        months[1:], sales[1:], pairwise(publications), strict=True
    ):
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
                **judge_accounts(
                    sold, first, before, after, segments=segments_of_kinds(sales, first)
                ),
            }
        )
    return pd.DataFrame(judged)


def segments_of_kinds(sales: list[SalesMonth], first: Publication) -> dict[str, str]:
    """Tell which segment most accounts of each kind are in at first."""
    kinds = sales[0].lines.groupby("account_id")["product_code"].first()
    return first.accounts.groupby(kinds).agg(lambda keys: keys.mode()[0]).to_dict()


def judge_accounts(
    month: SalesMonth,
    first: Publication,
    before: Publication,
    after: Publication,
    *,
    segments: dict[str, str],
) -> dict[str, object]:
    """Hold what is published of the accounts against what happened in a month."""
    both = before.accounts.index.intersection(after.accounts.index)
    changed = {
        name: (before.accounts[name], after.accounts[name], "member_changed")
        for name in both[before.accounts[both] != after.accounts[both]]
    }
    listed = {
        name: change
        for name, change in after.account_changes.items()
        if change[2] not in ("new", "gone")
    }
    change = (segments[BOUGHT_AS], segments[BUYS_AS], "member_changed")
    moved = dict.fromkeys(month.moved, change)
    others = frozenset(after.accounts.index) - month.steady
    return {
        "accounts": len(after.accounts),
        "accounts: kept segment": kept_share(
            before.accounts, after.accounts, without=others
        ),
        "accounts: since month 0": kept_share(
            first.accounts, after.accounts, without=others
        ),
        "accounts: movers right": (len(moved.items() & listed.items()), len(moved)),
        "accounts: changes named": (
            len(changed.items() & listed.items()),
            len(changed.keys() | listed.keys()),
        ),
    }


def find_missed_targets(judged: pd.DataFrame) -> list[str]:
    """Say which targets were missed, and in which month."""
    missed = []
    for month in judged.to_dict("records"):
        for of in ("", "accounts: "):
            for column in (f"{of}kept segment", f"{of}since month 0"):
                if month[column] < KEPT_TARGET:
                    share = f"{month[column]:.1%}"
                    missed.append(f"Month {month['month']}: {column} {share}")
        for column in _ALL_RIGHT:
            right, total = month[column]
            if right < total:
                missed.append(f"Month {month['month']}: {right} of {total} {column}")
        if wrong := month["others called changed"]:
            missed.append(f"Month {month['month']}: {wrong} others called changed")
    return missed


def as_text(value: object) -> str:
    if isinstance(value, tuple):
        return " / ".join(map(str, value))
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def main() -> int:
    months, sales = simulate_months(**YEAR), simulate_sales(**YEAR)
    with tempfile.TemporaryDirectory() as folder:
        publications = build_months(months, sales, folder=Path(folder))
    judged = judge(months, sales, publications)
    judged["naive: ARI"] = judged["naive: ARI"].map("{:.3f}".format)
    rows = [list(map(as_text, row)) for row in judged.to_numpy()]
    print(write_table(Path(__file__).with_suffix(".md"), [list(judged), *rows]))
    missed = find_missed_targets(judged)
    print("\n".join(missed or ["All targets met."]))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
