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
    NaiveMonth,
    PolicyMonth,
    build_months,
    find_missed_targets,
    judge_naive,
    judge_policy,
    moved_until,
    tabulate,
    write_report,
)


def simulate(**changes: float) -> list[Month]:
    return simulate_months(
        **{"month_count": 4, "move_month": 2, "noise": 0.03, "seed": 1} | changes
    )


@pytest.fixture(scope="module")
def months() -> list[Month]:
    return simulate()


def ids_of(month: Month) -> set[str]:
    return set(month.enterprises["enterprise_id"])


def read_csv(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


# The simulation.


def test_the_same_seed_gives_the_same_months(months: list[Month]) -> None:
    for month, again in zip(months, simulate(), strict=True):
        pd.testing.assert_frame_equal(month.enterprises, again.enterprises)
        pd.testing.assert_frame_equal(month.inactive, again.inactive)
        assert (month.moved, month.departed) == (again.moved, again.departed)


def test_another_seed_gives_other_movers_leavers_and_counts(
    months: list[Month],
) -> None:
    others = simulate(seed=2)
    assert months[2].moved != others[2].moved
    assert months[1].departed != others[1].departed
    assert not months[1].enterprises.equals(others[1].enterprises)


def test_a_longer_year_begins_like_a_shorter_one(months: list[Month]) -> None:
    for month, same in zip(months, simulate(month_count=5), strict=False):
        pd.testing.assert_frame_equal(month.enterprises, same.enterprises)


def test_clients_come_and_leave_as_each_month_says(months: list[Month]) -> None:
    assert len(months[0].enterprises) == 421
    for before, after in pairwise(months):
        assert ids_of(after) - ids_of(before) == after.arrived
        assert ids_of(before) - ids_of(after) == after.departed
        assert len(after.arrived) == ARRIVAL_COUNT
        assert len(after.departed) == DEPARTURE_COUNT
        assert len(after.inactive) - len(before.inactive) == DEPARTURE_COUNT // 2


def test_counts_wander_by_the_noise_and_add_up(months: list[Month]) -> None:
    """Unmoved clients with counts large enough for rounding not to matter."""
    start, *_, end = (month.enterprises.set_index("enterprise_id") for month in months)
    both = start.index.intersection(end.index).difference(list(months[2].moved))
    counts = start.loc[both, "followers_facebook"].astype("Float64")
    growth = np.log(end.loc[both, "followers_facebook"] / counts)[counts > 200]
    assert growth.std() == pytest.approx(0.03 * np.sqrt(4), rel=0.15)
    assert growth.mean() == pytest.approx(0, abs=0.01)


def test_without_noise_only_movers_and_arrivals_change() -> None:
    start, end = (
        month.enterprises.set_index("enterprise_id")
        for month in simulate(noise=0.0)[1:3]
    )
    moved = simulate(noise=0.0)[2].moved
    unmoved = start.index.intersection(end.index).difference(list(moved))
    pd.testing.assert_frame_equal(start.loc[unmoved], end.loc[unmoved])


def test_movers_of_low_visibility_get_the_mean_audience_of_moderate_presence(
    months: list[Month],
) -> None:
    assert [len(month.moved) for month in months] == [0, 0, MOVER_COUNT, 0, 0]
    moved = list(months[2].moved)
    before = months[1].enterprises.set_index("enterprise_id").loc[moved]
    after = months[2].enterprises.set_index("enterprise_id")
    assert set(before["segment_key"]) == {"low_visibility"}
    assert set(after.loc[moved, "segment_key"]) == {"moderate_presence"}
    examples = after.drop(index=[*moved, *months[2].arrived])
    examples = examples[examples["segment_key"] == "moderate_presence"]
    for platform in ("facebook", "instagram"):
        counts = after.loc[moved, f"followers_{platform}"]
        assert set(counts) == {round(examples[f"followers_{platform}"].mean())}
        assert after.loc[moved, f"has_{platform}_account"].all()
    # The study's table 4.2: 1844.0 and 701.7, after two months of noise.
    assert after.loc[moved[0], "followers_facebook"] == pytest.approx(1844, rel=0.03)
    assert after.loc[moved[0], "followers_instagram"] == pytest.approx(702, rel=0.03)


def test_arrivals_resemble_a_client_of_the_same_group(months: list[Month]) -> None:
    month = months[1].enterprises
    for _, new in month[month["enterprise_id"].isin(months[1].arrived)].iterrows():
        others = month[
            ~month["enterprise_id"].isin(months[1].arrived)
            & (month["segment_key"] == new["segment_key"])
        ]
        distances = (
            (np.log1p(others[COUNTS]) - np.log1p(new[COUNTS].astype("Int64")))
            .abs()
            .fillna(0)
            .max(axis=1)
        )
        assert distances.min() < 0.2


def test_raw_files_hold_the_month_with_inactive_clients_and_unknown_counts(
    months: list[Month], tmp_path: Path
) -> None:
    month = months[2]
    write_raw_tables(month, tmp_path)
    rows = read_csv(tmp_path / "enterprises.csv")
    assert {r["enterprise_id"] for r in rows if r["is_active"] == "true"} == ids_of(
        month
    )
    inactive = {r["enterprise_id"] for r in rows if r["is_active"] == "false"}
    assert inactive == set(month.inactive["enterprise_id"])
    assert len({(r["enterprise_name"], r["postal_code"]) for r in rows}) == len(rows)
    accounts = {
        (row["enterprise_id"], row["platform"]): row["followers"]
        for row in read_csv(tmp_path / "social_accounts.csv")
    }
    for row in month.enterprises.to_dict("records"):
        written = accounts.get((row["enterprise_id"], "facebook"))
        if not row["has_facebook_account"]:
            assert written is None
        elif pd.isna(row["followers_facebook"]):
            assert written == "N/A"
        else:
            assert int(written) == row["followers_facebook"]


# The comparison.


def test_kept_share_counts_members_of_both_months_only() -> None:
    before = pd.Series({"a": "x", "b": "x", "c": "y", "gone": "y"})
    after = pd.Series({"new": "x", "c": "y", "b": "y", "a": "x"})
    assert kept_share(before, after, without=frozenset()) == pytest.approx(2 / 3)
    assert kept_share(before, after, without=frozenset("b")) == 1.0


@pytest.fixture
def publications() -> tuple[Publication, Publication]:
    """Provide two months of four far groups; in the second, g0-000 is in g1."""
    table = make_planted_groups()
    table[list(FOLLOWERS)] = table[list(FOLLOWERS)].astype(float)
    table = table.drop(columns="city_name")
    model = fit_model(table, settings=make_settings())
    keys = table["enterprise_id"].str[:2].to_numpy()
    before = Publication(
        sample=table,
        segments=pd.Series(keys, index=table["enterprise_id"]),
        clusters=pd.Series(
            [{"g0": 0, "g1": 1, "g2": 2, "g3": 3}[key] for key in keys],
            index=table["enterprise_id"],
        ),
        changes={},
        fit_id=1,
        reason="first_fit",
        model=model,
    )
    order = [
        int(np.linalg.norm(model.centroids - centre, axis=1).argmin())
        for centre in group_centres(table, model=model)
    ]
    clusters = before.clusters.map(dict(enumerate(order)))
    before = replace(before, clusters=clusters)
    changed = table.copy()
    changed.loc[0, list(FOLLOWERS)] = changed.loc[30, list(FOLLOWERS)].to_numpy()
    segments = before.segments.copy()
    segments["g0-000"] = "g1"
    return before, replace(before, sample=changed, segments=segments)


def group_centres(table: pd.DataFrame, *, model: object) -> list[np.ndarray]:
    """Mean of each group in the fitted space, by hand."""
    centres = []
    for group in ("g0", "g1", "g2", "g3"):
        rows = table[table["enterprise_id"].str.startswith(group)]
        numeric = [(rows[f.name].mean() - f.center) / f.scale for f in model.numeric]
        centres.append(np.array([*numeric, 1.0]))
    return centres


def test_an_enterprise_whose_figures_crossed_a_border_changed_by_itself(
    publications: tuple[Publication, Publication],
) -> None:
    before, after = publications
    assert expected_changes(before, after, moved=frozenset()) == {
        "g0-000": Change("g0", "g1", "enterprise_changed")
    }


def test_an_enterprise_that_another_model_puts_elsewhere_was_changed_by_it(
    publications: tuple[Publication, Publication],
) -> None:
    before, after = publications
    after = replace(after, sample=before.sample)
    assert expected_changes(before, after, moved=frozenset()) == {
        "g0-000": Change("g0", "g1", "model_changed")
    }


def test_who_comes_or_leaves_is_new_or_gone(
    publications: tuple[Publication, Publication],
) -> None:
    before, _ = publications
    after = replace(
        before,
        segments=before.segments.rename({"g0-000": "h"}),
        sample=before.sample.replace({"enterprise_id": {"g0-000": "h"}}),
    )
    assert expected_changes(before, after, moved=frozenset()) == {
        "g0-000": Change("g0", None, "gone"),
        "h": Change(None, "g0", "new"),
    }


def test_a_mover_is_expected_to_change_even_where_the_build_did_not_notice(
    publications: tuple[Publication, Publication],
) -> None:
    before, _ = publications
    expected = expected_changes(before, before, moved=frozenset({"g0-001"}))
    assert expected == {
        "g0-001": Change("low_visibility", "moderate_presence", "enterprise_changed")
    }


def test_missing_wrong_and_superfluous_changes_are_not_right() -> None:
    own = Change("x", "y", "enterprise_changed")
    by_model = Change("x", "y", "model_changed")
    expected = {
        "right": own,
        "missing": own,
        "wrong": own,
        "new": Change(None, "x", "new"),
    }
    listed = {"right": own, "wrong": by_model, "superfluous": by_model}
    causes = ("enterprise_changed", "model_changed")
    assert count_right(expected, listed, causes=causes) == (1, 4)
    assert count_right(expected, listed, causes=("new", "gone")) == (0, 1)


def test_another_order_of_numbers_keeps_the_group_and_not_the_number(
    months: list[Month], publications: tuple[Publication, Publication]
) -> None:
    before, _ = publications
    same, other = (
        judge_naive(months[:2], [before, before], random_states=states)[0]
        for states in ([5, 5], [5, 8])
    )
    assert (same.kept_number, same.kept_group) == (1.0, 1.0)
    assert other.kept_number < 1.0
    assert other.kept_group == 1.0


def make_policy_month(**changes: float) -> PolicyMonth:
    values = {
        "fit_id": 1,
        "refit_reason": "",
        "kept_since_last_month": 1.0,
        "kept_since_start": 0.99,
        "own_right": 12,
        "own_total": 12,
        "unmoved_own": 0,
        "by_model": 0,
        "flow_right": 10,
        "flow_total": 10,
        "movers_right": 12,
        "movers_total": 12,
    }
    return PolicyMonth(**values | changes)


def test_each_missed_target_is_named_with_its_month() -> None:
    good = make_policy_month()
    assert find_missed_targets([good]) == []
    for change, words in (
        ({"kept_since_last_month": 0.989}, "since the month before"),
        ({"kept_since_start": 0.989}, "since month 0"),
        ({"movers_right": 11}, "11 of 12"),
    ):
        missed = find_missed_targets([good, make_policy_month(**change)])
        assert len(missed) == 1
        assert missed[0].startswith("Month 2: ")
        assert words in missed[0]


def test_who_moved_is_left_out_from_that_month_on(months: list[Month]) -> None:
    assert moved_until(months, 1) == frozenset()
    assert moved_until(months, 2) == moved_until(months, 4) == months[2].moved


def test_the_report_has_a_row_a_month_and_names_movers_and_missed_targets(
    months: list[Month],
) -> None:
    judged = [make_policy_month(fit_id=2, refit_reason="drift"), make_policy_month()]
    naive = NaiveMonth(kept_number=0.01, kept_number_since_start=0.6, kept_group=1.0)
    table = tabulate(months[:3], {"auto": judged}, {"naive 42": [naive, naive]})
    assert list(table["auto: fit"]) == ["2 (drift)", "1"]
    assert list(table["moved"]) == ["0", str(MOVER_COUNT)]
    assert list(table["naive 42: kept number"]) == ["1.0%", "1.0%"]
    report = write_report(
        table,
        months=months[:3],
        missed=["Month 2: a target."],
        options=argparse.Namespace(
            months=2, move_month=2, noise=0.03, seed=1, default_only=True
        ),
    )
    assert "--months 2 --move-month 2 --noise 0.03 --seed 1 --default-only" in report
    assert sum(line.startswith(("| 1 |", "| 2 |")) for line in report.splitlines()) == 2
    assert all(name in report for name in months[2].moved)
    assert report.endswith("Month 2: a target.\n")


# The whole, with real builds.


def followers_by_id(table: pd.DataFrame) -> pd.DataFrame:
    columns = ["followers_facebook", "followers_instagram", "followers_tiktok"]
    return table.set_index("enterprise_id")[columns].astype("Float64")


@pytest.mark.slow
def test_segments_last_and_movers_are_named_over_four_months_of_builds(
    months: list[Month], tmp_path: Path
) -> None:
    publications = build_months(months, folder=tmp_path / "auto", policy="auto")
    for month, publication in zip(months, publications, strict=True):
        pd.testing.assert_frame_equal(
            followers_by_id(publication.sample),
            followers_by_id(month.enterprises),
            check_index_type=False,
        )
    judged = judge_policy(months, publications)
    assert find_missed_targets(judged) == []
    assert [month.movers_total for month in judged] == [0, MOVER_COUNT, 0, 0]
    for month in judged:
        assert month.own_right == month.own_total
        assert month.flow_right == month.flow_total == ARRIVAL_COUNT + DEPARTURE_COUNT
