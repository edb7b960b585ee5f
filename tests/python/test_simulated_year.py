"""Segments last in simulated months, and a new group is noticed."""

import pytest
from judgements import judge_years
from simulate_agency import (
    ARRIVAL_COUNT,
    DEPARTURE_COUNT,
    MOVER_COUNT,
    simulate_months,
)
from simulate_sales import simulate_sales
from simulated_year import build_months, find_missed_targets, judge


def test_a_new_group_is_noticed_and_nobody_moves():
    """One of the years of benchmarks/judgements.py, which has the others."""
    [ours] = judge_years("groups 6 apart, a fifth one with 10%", seeds=[1])["default"]
    assert ours.worst_share > 0.99
    assert ours.alarms == [6, 7, 8, 9, 10, 11, 12]


@pytest.mark.nightly
def test_segments_last_and_movers_are_named_over_months_of_builds(tmp_path):
    months = simulate_months(month_count=2, move_month=2, noise=0.03, seed=1)
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
