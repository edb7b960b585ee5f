"""The simulated year simulates what it says, and segments last in it."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from judgements import judge_years
from simulate_agency import (
    ARRIVAL_COUNT,
    DEPARTURE_COUNT,
    MOVER_COUNT,
    Month,
    kept_share,
    simulate_months,
)
from simulate_sales import simulate_sales
from simulated_year import build_months, find_missed_targets, judge


@pytest.fixture(scope="module")
def months():
    return simulate_months(month_count=4, move_month=2, noise=0.03, seed=1)


def by_id(month: Month) -> pd.DataFrame:
    return month.enterprises.set_index("enterprise_id")


def test_clients_come_leave_move_and_wander_as_each_month_says(months):
    for before, after in pairwise(months):
        ids_before, ids_after = (set(by_id(month).index) for month in (before, after))
        assert ids_after - ids_before == after.arrived
        assert ids_before - ids_after == after.departed
        assert len(after.arrived) == ARRIVAL_COUNT
        assert len(after.departed) == DEPARTURE_COUNT
        assert len(after.inactive) - len(before.inactive) == DEPARTURE_COUNT // 2
    assert [len(month.moved) for month in months] == [0, 0, MOVER_COUNT, 0, 0]
    moved = list(months[2].moved)
    before, after = by_id(months[1]).loc[moved], by_id(months[2]).loc[moved]
    assert set(before["segment_key"]) == {"low_visibility"}
    assert set(after["segment_key"]) == {"moderate_presence"}
    # The study's table 4.2: 1844.0 and 701.7, after two months of noise.
    for platform, mean in (("facebook", 1844), ("instagram", 702)):
        (count,) = set(after[f"followers_{platform}"])
        assert count == pytest.approx(mean, rel=0.03)
        assert after[f"has_{platform}_account"].all()
    start, end = by_id(months[0]), by_id(months[-1])
    both = start.index.intersection(end.index).difference(moved)
    counts = start.loc[both, "followers_facebook"].astype("Float64")
    # Large enough for rounding not to matter.
    growth = np.log(end.loc[both, "followers_facebook"] / counts)[counts > 200]
    assert growth.std() == pytest.approx(0.03 * np.sqrt(4), rel=0.15)
    assert growth.mean() == pytest.approx(0, abs=0.01)


def test_kept_share_counts_members_of_both_months_only():
    before = pd.Series({"a": "x", "b": "x", "c": "y", "gone": "y"})
    after = pd.Series({"new": "x", "c": "y", "b": "y", "a": "x"})
    assert kept_share(before, after, without=frozenset()) == pytest.approx(2 / 3)
    assert kept_share(before, after, without=frozenset("b")) == 1.0


@pytest.mark.parametrize(
    ("year", "is_new"),
    [
        ("agency, one client with 30 on tiktok", False),
        ("groups 6 apart, a fifth one with 10%", True),
    ],
)
def test_nobody_moves_for_one_client_and_a_new_group_is_noticed(year, is_new):
    """Two of the years of benchmarks/judgements.py, which has the others."""
    outcomes = judge_years(year, seeds=[1])
    [ours] = outcomes["default"]
    assert ours.worst_share > 0.99
    assert ours.alarms == ([6, 7, 8, 9, 10, 11, 12] if is_new else [])
    if not is_new:
        # The same year by the policy that lets any small cluster be made.
        assert outcomes["any small cluster"][0].worst_share < 0.7


@pytest.mark.nightly
def test_segments_last_and_movers_are_named_over_months_of_builds(months, tmp_path):
    months = months[:3]
    sales = simulate_sales(month_count=2, move_month=2, noise=0.03, seed=1)
    publications = build_months(months, sales, folder=tmp_path)
    judged = judge(months, sales, publications)
    assert find_missed_targets(judged) == []
    both_ways = ARRIVAL_COUNT + DEPARTURE_COUNT
    assert list(judged["movers right"]) == [(0, 0), (MOVER_COUNT, MOVER_COUNT)]
    assert list(judged["came and left right"]) == [(both_ways, both_ways)] * 2
    assert list(judged["others called changed"]) == [0, 0]
    assert list(judged["accounts: movers right"]) == [
        (0, 0),
        (MOVER_COUNT, MOVER_COUNT),
    ]
    # What is missing, wrong or too much is not right.
    one, other, *_ = months[2].moved
    wrong = publications[2].changes | {
        one: (None, None, "model_changed"),
        other: ("low_visibility", "moderate_presence", "new"),
    }
    stranger = {next(iter(months[0].enterprises["enterprise_id"])): ("a", "b", "")}
    spoilt = publications[2]._replace(
        changes=wrong | stranger,
        segments=publications[2].segments.map({"low_visibility": "gone astray"}.get),
    )
    judged = judge(months, sales, [*publications[:2], spoilt])
    assert judged["movers right"][1] == (MOVER_COUNT - 2, MOVER_COUNT)
    assert judged["came and left right"][1] == (both_ways, both_ways + 1)
    assert judged["others moved"][1] == 1
    missed = find_missed_targets(judged)
    assert [text.startswith("Month 2: ") for text in missed] == [True] * 3
    assert "10 of 12 movers right" in missed[-1]
