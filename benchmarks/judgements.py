"""Live through years in which something happens, and see what is made of it.

Each month the package alone, without builds, keeps the model or refits it by a policy,
and says whether anybody is new to it; clusters go on as those of the model before with
which they share the majority of members. What is held against the truth is whether
members that did not change keep their group, and whether a new group, and only that,
raises the alarm.

Usage::

    python benchmarks/judgements.py

Takes about five minutes; the exit code is 1 if a target is missed.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.extend(
    str(Path(__file__).resolve().parents[1] / name)
    for name in ("python_models", "tools", "tests/python")
)

from planted_data import FOLLOWERS, as_sample, make_sample, make_variables
from segmentation.learning.fitted_space import label_sample
from segmentation.learning.fitting import fit_model
from segmentation.learning.identity import match_by_members
from segmentation.learning.model_rows import model_to_rows
from segmentation.learning.refitting import StoredModel, decide
from segmentation.learning.settings import Variables
from simulate_agency import COUNTS, kept_share, simulate_months, write_table

MONTH_COUNT, NEW_FROM = 12, 6
SEEDS = range(1, 7)
KEPT_TARGET, ALARM_TARGET, FALSE_ALARM_TARGET = 0.95, 0.9, 0.01
# Variables of each policy: no cluster is below a size of 1.
POLICIES = {
    "any small cluster": {"refit_minimum_gain": 0.2, "minimum_cluster_size": 1},
    "gain 0.05": {"refit_minimum_gain": 0.05},
    "default": {"refit_minimum_gain": 0.2},
}


class Month(NamedTuple):
    """A sample, and the members that really changed in its month."""

    sample: pd.DataFrame
    changed: frozenset[str] = frozenset()


class Outcome(NamedTuple):
    """The worst month's share of kept members, reasons of refits, months of alarms."""

    worst_share: float
    reasons: list[str]
    alarms: list[int]


def agency_year(seed: int, *, noise: float = 0.03) -> list[Month]:
    months = simulate_months(
        month_count=MONTH_COUNT, move_month=7, noise=noise, seed=seed
    )
    totals = [month.enterprises[COUNTS].sum(axis=1, skipna=False) for month in months]
    return [
        Month(as_sample(month.enterprises.assign(followers_total=total)), month.moved)
        for month, total in zip(months, totals, strict=True)
    ]


def one_count_year(seed: int, *, platform: str, count: int) -> list[Month]:
    """One client has this count on a platform from month 3 on."""
    months = agency_year(seed)
    chosen = months[0].sample["member_id"].iloc[10 * seed]
    for number, month in enumerate(months[3:], start=3):
        row = month.sample["member_id"] == chosen
        column = f"followers_{platform}"
        before = month.sample.loc[row, column].fillna(0)
        month.sample.loc[row, "followers_total"] += count - before
        month.sample.loc[row, column] = float(count)
        if number == 3:
            months[3] = month._replace(changed=frozenset([chosen]))
    return months


def drifting_year(seed: int, *, growth: float) -> list[Month]:
    """Give the members of the planted moderate group this growth every month."""
    months = agency_year(seed)
    planted = simulate_months(month_count=1, move_month=99, noise=0, seed=seed)[0]
    group = planted.enterprises.loc[
        planted.enterprises["segment_key"] == "moderate_presence", "enterprise_id"
    ]
    for number, month in enumerate(months):
        rows = month.sample["member_id"].isin(group)
        month.sample.loc[rows, list(FOLLOWERS)] *= (1 + growth) ** number
    return months


def groups_year(
    seed: int,
    *,
    distance: float,
    new_share: float = 0.0,
    ends: bool = False,
) -> list[Month]:
    """Four round groups in twelve features; a fifth comes, or the fourth goes.

    The centres are all as far from each other, that of the new group too.
    """
    random = np.random.default_rng([seed, 9])
    groups = np.repeat(np.arange(4), 100)
    centres = distance / np.sqrt(2) * np.eye(12)
    points = centres[groups] + random.normal(size=(400, 12))
    ids = np.arange(400)
    months = []
    for number in range(MONTH_COUNT + 1):
        points = points + random.normal(0, 0.05, size=points.shape)
        if number == NEW_FROM and new_share:
            count = round(new_share * len(points))
            arrived = centres[4] + random.normal(size=(count, 12))
            points, groups = (
                np.vstack([points, arrived]),
                np.append(groups, [4] * count),
            )
            ids = np.arange(len(points))
        if number == NEW_FROM and ends:
            points, ids = points[groups != 3], ids[groups != 3]
        columns = {f"f{i:02}": values.tolist() for i, values in enumerate(points.T)}
        sample = make_sample(**columns).assign(member_id=[f"{i:04}" for i in ids])
        months.append(Month(sample))
    return months


def live_a_year(months: list[Month], *, variables: Variables) -> Outcome:
    sample = months[0].sample
    model = fit_model(sample, settings=variables.settings)
    names = {cluster: str(cluster) for cluster in range(len(model.centroids))}
    before = pd.Series(model.labels, index=sample["member_id"]).map(names)
    outcome, fitted_in = Outcome(1.0, [], []), 0
    for number, (sample, changed) in enumerate(months[1:], start=1):
        stored = StoredModel(
            rows=model_to_rows(model, reason="first_fit"),
            model=model,
            fit_id=1,
            # The last month would else be refitted for its age.
            age_days=30.0 * (number - fitted_in),
        )
        decision = decide(sample, variables=variables, stored=stored)
        figures = decision.novelty.set_index("parameter")["value"]
        if figures["is_alarm"]:
            outcome.alarms.append(number)
        if decision.reason:
            outcome.reasons.append(decision.reason)
            names = carry_names(sample, decision.model, model, names)
            model, fitted_in = decision.model, number
        labels = label_sample(sample, model)
        after = pd.Series(labels, index=sample["member_id"]).map(names)
        share = kept_share(before, after, without=changed)
        outcome = outcome._replace(worst_share=min(outcome.worst_share, share))
        before = after
    return outcome


def carry_names(sample, model, model_before, names):
    """Name clusters after those with which they share the majority of members."""
    shared = pd.crosstab(
        label_sample(sample, model), label_sample(sample, model_before)
    )
    matches = match_by_members(
        shared.to_numpy(), cluster_sizes=shared.sum(axis=1).to_numpy()
    )
    return {
        cluster: names[shared.columns[matches[i]]] if i in matches else f"new {i}"
        for i, cluster in enumerate(shared.index)
    }


AGENCY = make_variables()
GROUPS = make_variables(
    numeric_features=[f"f{i:02}" for i in range(12)], categorical_features=[]
)
# Name: how a year is made, the variables, and whether something new comes.
YEARS: dict[str, tuple[Callable[[int], list[Month]], Variables, bool]] = {
    **{
        f"agency, {noise:.0%} noise": (partial(agency_year, noise=noise), AGENCY, False)
        for noise in (0.03, 0.05, 0.1)
    },
    **{
        f"agency, one client with {count:,} on {platform}": (
            partial(one_count_year, platform=platform, count=count),
            AGENCY,
            False,
        )
        for platform, count in (
            *(("tiktok", 1), ("tiktok", 30), ("tiktok", 150_000)),
            *(("instagram", 18_000), ("facebook", 150_000)),
        )
    },
    "agency, one group grows by 3% a month": (
        partial(drifting_year, growth=0.03),
        AGENCY,
        False,
    ),
    **{
        f"groups {distance} apart": (
            partial(groups_year, distance=distance),
            GROUPS,
            False,
        )
        for distance in (6, 10)
    },
    **{
        f"groups {distance} apart, a fifth one with {share:.0%}": (
            partial(groups_year, distance=distance, new_share=share),
            GROUPS,
            True,
        )
        for distance in (6, 10)
        for share in (0.1, 0.25)
    },
    "groups 6 apart, one ends": (
        partial(groups_year, distance=6, ends=True),
        GROUPS,
        False,
    ),
}


def judge_years(name: str, *, seeds: Iterable[int] = SEEDS) -> dict[str, list[Outcome]]:
    """Live through the years of a name by every policy."""
    make_year, variables, _ = YEARS[name]
    outcomes: dict[str, list[Outcome]] = {policy: [] for policy in POLICIES}
    for seed in seeds:
        months = make_year(seed)
        for policy, changes in POLICIES.items():
            ours = replace(variables, **changes)
            outcomes[policy].append(live_a_year(months, variables=ours))
    return outcomes


def main() -> int:
    header = ["year", *(f"kept: {policy}" for policy in POLICIES)]
    rows, missed = [[*header, "refits", "new group noticed", "false alarms"]], []
    right, due, false, calm = 0, 0, 0, 0
    for name, (_, _, is_new) in YEARS.items():
        outcomes = judge_years(name)
        worst = {
            policy: min(outcome.worst_share for outcome in of_policy)
            for policy, of_policy in outcomes.items()
        }
        reasons = Counter(
            reason for year in outcomes["default"] for reason in year.reasons
        )
        alarms = [month for year in outcomes["default"] for month in year.alarms]
        start = NEW_FROM if is_new else MONTH_COUNT + 1
        # A refit may follow at once, and then nothing is new any more.
        noticed = sum(
            max(year.alarms, default=0) >= start for year in outcomes["default"]
        )
        false_count = sum(month < start for month in alarms)
        calm_count = len(SEEDS) * (start - 1)
        due, right = due + is_new * len(SEEDS), right + noticed
        false, calm = false + false_count, calm + calm_count
        if worst["default"] < KEPT_TARGET:
            missed.append(f"{name}: {worst['default']:.1%} kept")
        rows.append(
            [
                *(name, *(f"{share:.1%}" for share in worst.values())),
                ", ".join(f"{n} {reason}" for reason, n in reasons.items()) or "none",
                f"{noticed} / {len(SEEDS)}" if is_new else "",
                f"{false_count} / {calm_count}",
            ]
        )
        print(" | ".join(rows[-1]), flush=True)
    if right < ALARM_TARGET * due:
        missed.append(f"{right} of {due} new groups were noticed")
    if false > FALSE_ALARM_TARGET * calm:
        missed.append(f"{false} false alarms in {calm} months")
    write_table(Path(__file__).with_suffix(".md"), rows)
    print("\n".join(missed or ["All targets met."]))
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
