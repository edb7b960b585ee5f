"""The simulated year simulates what it says, and measures it rightly."""

import argparse
import csv
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from compare_months import (
    Change,
    Publication,
    count_right,
    expected_changes,
    kept_share,
)
from planted_data import FOLLOWERS, make_planted_groups, make_settings
from segmentation.learning.fitted_space import label_sample
from segmentation.learning.fitting import fit_model
from simulate_agency import (
    ARRIVAL_COUNT,
    COUNTS,
    DEPARTURE_COUNT,
    MOVER_COUNT,
    Month,
    simulate_months,
    write_raw_tables,
)
from simulated_year import (
    build_months,
    find_missed_targets,
    judge_naive,
    judge_policy,
    moved_until,
    tabulate,
    write_report,
)

NOBODY = frozenset()


def simulate(**changes: float) -> list[Month]:
    return simulate_months(
        **{"month_count": 4, "move_month": 2, "noise": 0.03, "seed": 1} | changes
    )


@pytest.fixture(scope="module")
def months() -> list[Month]:
    return simulate()


def by_id(month: Month) -> pd.DataFrame:
    return month.enterprises.set_index("enterprise_id")


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# The simulation.


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [({}, True), ({"month_count": 5}, True), ({"seed": 2}, False)],
)
def test_a_seed_gives_its_own_months_however_many(
    months: list[Month], changes: dict, is_same: bool
) -> None:
    for month, again in zip(months[1:], simulate(**changes)[1:], strict=False):
        assert month.enterprises.equals(again.enterprises) is is_same
        assert (month.departed == again.departed) is is_same
    assert (months[2].moved == simulate(**changes)[2].moved) is is_same


def test_clients_come_and_leave_as_each_month_says(months: list[Month]) -> None:
    assert len(months[0].enterprises) == 421
    for before, after in pairwise(months):
        ids_before, ids_after = (set(by_id(month).index) for month in (before, after))
        assert ids_after - ids_before == after.arrived
        assert ids_before - ids_after == after.departed
        assert len(after.arrived) == ARRIVAL_COUNT
        assert len(after.departed) == DEPARTURE_COUNT
        assert len(after.inactive) - len(before.inactive) == DEPARTURE_COUNT // 2


def test_counts_wander_by_the_noise_and_without_it_only_movers_and_arrivals_change(
    months: list[Month],
) -> None:
    start, end = by_id(months[0]), by_id(months[-1])
    both = start.index.intersection(end.index).difference(list(months[2].moved))
    counts = start.loc[both, "followers_facebook"].astype("Float64")
    # Large enough for rounding not to matter.
    growth = np.log(end.loc[both, "followers_facebook"] / counts)[counts > 200]
    assert growth.std() == pytest.approx(0.03 * np.sqrt(4), rel=0.15)
    assert growth.mean() == pytest.approx(0, abs=0.01)
    quiet = simulate(noise=0.0)
    start, end = by_id(quiet[1]), by_id(quiet[2])
    both = start.index.intersection(end.index).difference(list(quiet[2].moved))
    pd.testing.assert_frame_equal(start.loc[both], end.loc[both])


def test_movers_of_low_visibility_get_the_mean_audience_of_moderate_presence(
    months: list[Month],
) -> None:
    assert [len(month.moved) for month in months] == [0, 0, MOVER_COUNT, 0, 0]
    assert moved_until(months, 1) == NOBODY
    assert moved_until(months, 2) == moved_until(months, 4) == months[2].moved
    moved = list(months[2].moved)
    before, after = by_id(months[1]).loc[moved], by_id(months[2]).loc[moved]
    assert set(before["segment_key"]) == {"low_visibility"}
    assert set(after["segment_key"]) == {"moderate_presence"}
    # The study's table 4.2: 1844.0 and 701.7, after two months of noise.
    for platform, mean in (("facebook", 1844), ("instagram", 702)):
        (count,) = set(after[f"followers_{platform}"])
        assert count == pytest.approx(mean, rel=0.03)
        assert after[f"has_{platform}_account"].all()


def test_arrivals_resemble_a_client_of_the_same_group(months: list[Month]) -> None:
    month = months[1].enterprises
    is_new = month["enterprise_id"].isin(months[1].arrived)
    for _, new in month[is_new].iterrows():
        others = month[~is_new & (month["segment_key"] == new["segment_key"])]
        distances = np.log1p(others[COUNTS]) - np.log1p(new[COUNTS].astype("Int64"))
        assert distances.abs().fillna(0).max(axis=1).min() < 0.2


def test_raw_files_hold_the_month_with_inactive_clients_and_unknown_counts(
    months: list[Month], tmp_path: Path
) -> None:
    month = months[2]
    write_raw_tables(month, tmp_path)
    rows = read_csv(tmp_path / "enterprises.csv")
    assert len({(r["enterprise_name"], r["postal_code"]) for r in rows}) == len(rows)
    for is_active, table in (("true", month.enterprises), ("false", month.inactive)):
        written = {r["enterprise_id"] for r in rows if r["is_active"] == is_active}
        assert written == set(table["enterprise_id"])
    accounts = {
        (row["enterprise_id"], row["platform"]): row["followers"]
        for row in read_csv(tmp_path / "social_accounts.csv")
    }
    for row in month.enterprises.to_dict("records"):
        count = row["followers_facebook"]
        expected = "N/A" if pd.isna(count) else str(count)
        assert accounts.get((row["enterprise_id"], "facebook")) == (
            expected if row["has_facebook_account"] else None
        )


# The comparison.


def test_kept_share_counts_members_of_both_months_only() -> None:
    before = pd.Series({"a": "x", "b": "x", "c": "y", "gone": "y"})
    after = pd.Series({"new": "x", "c": "y", "b": "y", "a": "x"})
    assert kept_share(before, after, without=NOBODY) == pytest.approx(2 / 3)
    assert kept_share(before, after, without=frozenset("b")) == 1.0


@pytest.fixture
def before() -> Publication:
    """Provide a month of four far groups, each a segment of its name."""
    table = make_planted_groups().drop(columns="city_name")
    model = fit_model(table, settings=make_settings())
    index = table["member_id"]
    return Publication(
        sample=table,
        segments=pd.Series(index.str[:2].to_numpy(), index=index),
        clusters=pd.Series(label_sample(table, model), index=index),
        changes={},
        fit_id=1,
        reason="first_fit",
        model=model,
    )


@pytest.mark.parametrize("cause", ["member_changed", "model_changed"])
def test_who_is_elsewhere_crossed_a_border_or_was_moved_by_another_model(
    before: Publication, cause: str
) -> None:
    sample, segments = before.sample.copy(), before.segments.copy()
    segments["g0-000"] = "g1"
    if cause == "member_changed":
        columns = list(FOLLOWERS)
        sample.loc[0, columns] = sample.loc[30, columns].to_numpy()
    after = replace(before, sample=sample, segments=segments)
    assert expected_changes(before, after, moved=NOBODY) == {
        "g0-000": Change("g0", "g1", cause)
    }


def test_who_comes_leaves_or_moves_is_expected_as_such(before: Publication) -> None:
    after = replace(
        before,
        segments=before.segments.rename({"g0-000": "h"}),
        sample=before.sample.replace({"member_id": {"g0-000": "h"}}),
    )
    # A mover is expected to change even where the build did not notice.
    assert expected_changes(before, after, moved=frozenset({"g0-001"})) == {
        "g0-000": Change("g0", None, "gone"),
        "g0-001": Change("low_visibility", "moderate_presence", "member_changed"),
        "h": Change(None, "g0", "new"),
    }


def test_missing_wrong_and_superfluous_changes_are_not_right() -> None:
    own = Change("x", "y", "member_changed")
    by_model = Change("x", "y", "model_changed")
    expected = dict.fromkeys(("right", "missing", "wrong"), own)
    expected["new"] = Change(None, "x", "new")
    listed = {"right": own, "wrong": by_model, "superfluous": by_model}
    causes = ("member_changed", "model_changed")
    assert count_right(expected, listed, causes=causes) == (1, 4)
    assert count_right(expected, listed, causes=("new", "gone")) == (0, 1)


@pytest.mark.parametrize("other", [5, 8])
def test_another_order_of_numbers_keeps_the_group_and_not_the_number(
    months: list[Month], before: Publication, other: int
) -> None:
    judged = judge_naive(months[:2], [before, before], random_states=[5, other])
    assert (judged["kept number"][0] == 1.0) == (other == 5)
    assert judged["ARI"][0] == "1.000"


GOOD = {
    "fit": "1",
    "kept segment": 1.0,
    "since month 0": 0.99,
    "movers right": (12, 12),
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kept segment": 0.989}, "98.9% of the unmoved members keep their segment"),
        ({"since month 0": 0.989}, "since month 0"),
        ({"movers right": (11, 12)}, "11 of 12"),
    ],
)
def test_each_missed_target_is_named_with_its_month(change: dict, words: str) -> None:
    assert find_missed_targets(pd.DataFrame([GOOD])) == []
    (missed,) = find_missed_targets(pd.DataFrame([GOOD, GOOD | change]))
    assert missed.startswith("Month 2: ")
    assert words in missed


def test_the_report_has_a_row_a_month_and_names_movers_and_missed_targets(
    months: list[Month],
) -> None:
    table = tabulate(months[:3], {"auto": pd.DataFrame([GOOD, GOOD])})
    assert list(table["moved"]) == ["0", str(MOVER_COUNT)]
    assert list(table["auto: since month 0"]) == ["99.0%"] * 2
    assert list(table["auto: movers right"]) == ["12 / 12"] * 2
    report = write_report(
        table,
        months=months[:3],
        missed=["Month 2: a target."],
        options=argparse.Namespace(months=2, move_month=2, noise=0.03, seed=1),
    )
    assert "--months 2 --move-month 2 --noise 0.03 --seed 1\n" in report
    lines = [line for line in report.splitlines() if line.startswith("|")]
    assert [line[:4] for line in lines] == ["| mo", "|---", "| 1 ", "| 2 "]
    assert all(name in report for name in months[2].moved)
    assert report.endswith("Month 2: a target.\n")


@pytest.mark.slow
def test_segments_last_and_movers_are_named_over_months_of_builds(
    months: list[Month], tmp_path: Path
) -> None:
    months = months[:3]
    publications = build_months(months, folder=tmp_path / "auto", policy="auto")
    for month, publication in zip(months, publications, strict=True):
        read = publication.sample.set_index("member_id").rename_axis("enterprise_id")
        pd.testing.assert_frame_equal(
            read[COUNTS[:3]].astype("Float64"),
            by_id(month)[COUNTS[:3]].astype("Float64"),
            check_index_type=False,
        )
    judged = judge_policy(months, publications)
    assert find_missed_targets(judged) == []
    both_ways = ARRIVAL_COUNT + DEPARTURE_COUNT
    assert list(judged["movers right"]) == [(0, 0), (MOVER_COUNT, MOVER_COUNT)]
    assert list(judged["came and left right"]) == [(both_ways, both_ways)] * 2
    assert all(right == total for right, total in judged["changes right"])
