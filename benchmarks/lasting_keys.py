"""Count the keys that groups lose or swap in simulated histories of refits.

Lives through months with the package alone, without builds. Planted groups wander,
drift, grow, shrink, end, begin and come back; the number of clusters goes up and down,
so that groups are merged and part again; and every month is fitted anew.

A group lasts from one month to a later one if its members form one cluster in both, and
should have one key in both. Where k-means puts it together with another, or cuts it,
there is no key to ask for. Lost is a key that gave way to another, swapped is one that
gave way to the key of another group that lives. A group that drifts while it is in a
cluster with others does not last: neither members nor profile tell who it is.

Usage::

    python benchmarks/lasting_keys.py
"""

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

# Lets the script run by its path; pytest knows these folders from pyproject.toml.
sys.path.extend(
    str(Path(__file__).resolve().parents[1] / name)
    for name in ("python_models", "tools", "tests/python")
)

from planted_data import FOLLOWERS, make_variables
from segmentation.learning.fitted_space import label_sample
from segmentation.learning.identity import ALL_BUT_IDENTICAL, identify_clusters
from segmentation.learning.model_rows import model_to_rows
from segmentation.learning.refitting import StoredModel, decide
from simulate_agency import write_table

SEEDS = range(1, 101)
MONTH_COUNT = 12
HAPPENINGS = (
    *("calm", "merge", "merge", "part", "part", "end", "return", "begin", "drift"),
    *("grow", "shrink"),
)
PLATFORMS = list(FOLLOWERS[1:])
# Least distance of two centres in logarithms of counts: eight widths of a group.
APART, WIDTH, MONTHLY_NOISE = 0.8, 0.1, 0.03
SIZES = (20, 120)
# Members of both a group and a cluster over those of either: then they are one.
SAME = 0.9


class Agency:
    """Planted groups by number, and the members that they have now."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random, self.arrived = random, 0
        self.centres: dict[int, np.ndarray] = {}
        self.members = pd.DataFrame(columns=["group", *PLATFORMS])
        for _ in range(random.integers(4, 7)):
            self.begin()
        self.n_clusters = len(self.centres)

    def begin(self) -> None:
        """Add a group that is far from all there have been."""
        centre = self.random.uniform(3.5, 9, len(PLATFORMS))
        others = self.centres.values()
        while any(np.linalg.norm(centre - other) < APART for other in others):
            centre = self.random.uniform(3.5, 9, len(PLATFORMS))
        self.centres[len(self.centres)] = centre
        self.enter(len(self.centres) - 1, self.random.integers(*SIZES))

    def enter(self, group: int, count: int) -> None:
        places = self.random.normal(self.centres[group], WIDTH, (count, len(PLATFORMS)))
        ids = [f"e{self.arrived + i:06}" for i in range(count)]
        self.arrived += count
        new = pd.DataFrame(places, columns=PLATFORMS, index=ids).assign(group=group)
        self.members = pd.concat([self.members, new[self.members.columns]])

    def leave(self, group: int, share: float) -> None:
        chance = self.random.random(len(self.members))
        stays = (self.members["group"] != group) | (chance >= share)
        self.members = self.members[stays]

    def live(self, happening: str) -> None:
        """Let a month pass in which this happens, if it can."""
        random, groups = self.random, sorted(set(self.members["group"]))
        gone = sorted(set(self.centres) - set(groups))
        group = int(random.choice(groups))
        noise = random.normal(0, MONTHLY_NOISE, self.members[PLATFORMS].shape)
        self.members[PLATFORMS] += noise
        step = {"merge": -1, "part": 1}.get(happening, 0)
        if happening == "end" and len(groups) > 3:
            self.leave(group, 1)
            step = -random.integers(2)
        elif happening == "return" and gone:
            self.enter(int(random.choice(gone)), random.integers(*SIZES))
            step = random.integers(2)
        elif happening == "begin":
            self.begin()
            step = random.integers(2)
        elif happening == "drift":
            way = random.uniform(-0.3, 0.3)
            self.centres[group] = self.centres[group] + way
            self.members.loc[self.members["group"] == group, PLATFORMS] += way
        elif happening == "grow":
            self.enter(group, random.integers(*SIZES))
        elif happening == "shrink":
            self.leave(group, random.uniform(0.2, 0.7))
        groups = sorted(set(self.members["group"]))
        for other in groups:
            self.leave(other, 0.02)
            self.enter(other, random.integers(3))
        self.n_clusters = int(np.clip(self.n_clusters + step, 2, len(groups)))

    def sample(self) -> pd.DataFrame:
        counts = np.exp(self.members[PLATFORMS].astype(float)).round()
        counts = counts.assign(group=self.members["group"].astype(int))
        counts[FOLLOWERS[0]] = counts[PLATFORMS].sum(axis=1)
        return counts.rename_axis("member_id").sort_index().reset_index()


def live_through(seed: int, *, month_count: int = MONTH_COUNT) -> Counter:
    """Count what became of the keys of lasting groups in one history."""
    random = np.random.default_rng(seed)
    agency, tally = Agency(random), Counter()
    model, keys, members, seen = None, {}, set(), {}
    columns = ["segment_key", "known_from", "seniority", "fit_id", "measure"]
    known = pd.DataFrame(columns=[*columns, "mean_value"])
    for month in range(month_count + 1):
        agency.live(str(random.choice(HAPPENINGS)) if month else "calm")
        sample = agency.sample()
        variables = make_variables(
            numeric_features=PLATFORMS,
            log1p_features=PLATFORMS,
            categorical_features=[],
            n_clusters=agency.n_clusters, refit="always", refit_minimum_gain=0.2,
            n_init=3,
        )  # fmt: skip
        stored = None
        if model:
            rows = model_to_rows(model, reason="always")
            stored = StoredModel(rows=rows, model=model, fit_id=month, age_days=30.0)
        new = decide(sample, variables=variables, stored=stored).model
        sample["cluster_id"] = label_sample(sample, new)
        shared = pd.DataFrame(columns=["cluster_id", "segment_key", "known_count"])
        if model:
            sample["segment_key"] = [keys[i] for i in label_sample(sample, model)]
            is_known = sample["member_id"].isin(members)
            pairs = sample.loc[is_known, ["cluster_id", "segment_key"]].value_counts()
            shared = pairs.rename("known_count").reset_index()
        clusters = sample.groupby("cluster_id")[list(FOLLOWERS)].mean()
        clusters = clusters.melt(
            var_name="measure", value_name="mean_value", ignore_index=False
        ).reset_index()
        sizes = sample["cluster_id"].value_counts()
        clusters["member_count"] = clusters["cluster_id"].map(sizes)
        keys = identify_clusters(
            clusters, known, shared, fit_id=month + 1, variables=variables
        ).set_index("cluster_id")["segment_key"]
        # Remembered as in a publication: each fit's profile, and the first fit's age.
        profiles = clusters.assign(
            segment_key=clusters["cluster_id"].map(keys),
            known_from="last_known_profile",
            fit_id=month + 1,
        )
        known = pd.concat([known, profiles])
        known["seniority"] = known.groupby("segment_key")["fit_id"].transform("min")
        model, members = new, set(sample["member_id"])
        both = pd.crosstab(sample["group"], sample["cluster_id"])
        either = np.add.outer(both.sum(axis=1).to_numpy(), both.sum().to_numpy()) - both
        before = dict(seen)
        for group, overlaps in (both / either).iterrows():
            if overlaps.max() < SAME:
                continue
            key, centre = keys[overlaps.idxmax()], agency.centres[group]
            seen[group] = (key, month, centre)
            last_key, last_month, last_centre = before.get(group, (key, -2, np.inf))
            # The total moves as its parts do: four measures, three of them in a centre.
            way = np.linalg.norm(centre - last_centre) * np.sqrt(4 / 3)
            limit = ALL_BUT_IDENTICAL * variables.identity_distance_limit
            if last_month == month - 1 or way <= limit:
                others = {
                    before[o][0] for o in both.index if o != group and o in before
                }
                gone = "swapped" if key in others else "lost"
                tally["kept" if key == last_key else gone] += 1
    return tally


def main() -> None:
    tally = sum((live_through(seed) for seed in SEEDS), Counter())
    outcomes = ("kept", "lost", "swapped")
    rows = [[*outcomes], [f"{tally[outcome]:,}" for outcome in outcomes]]
    print(write_table(Path(__file__).with_suffix(".md"), rows))


if __name__ == "__main__":
    main()
