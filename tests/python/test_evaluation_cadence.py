"""How long a model lasts, on planted histories, and how far a feature has shifted."""

from datetime import date, timedelta

import duckdb
import numpy as np
import pandas as pd
import pytest
from planted_data import FOLLOWERS, make_planted_groups, make_variables
from segmentation.evaluation.cadence import (
    measure_cadence,
    population_stability_index,
    read_history,
)

WEEKS = (0, 4, 13, 26, 39, 52)


def make_history(*, weeks=WEEKS, shift_at=99, known_from=0, members=25):
    """Make the samples of days so many weeks after the first.

    From week ``shift_at`` on every other member has a great many followers on
    Instagram; before ``known_from`` a few members of each group are known.
    """
    history = {}
    for week in weeks:
        sample = make_planted_groups(members=members)
        if week >= shift_at:
            sample.loc[::2, "followers_instagram"] += 9_000
        if week < known_from:
            sample = sample[::8].reset_index(drop=True)
        history[date(2025, 1, 1) + timedelta(weeks=week)] = sample
    return history


def test_where_nothing_changes_a_model_lasts():
    refits, shifts = measure_cadence(make_history(), variables=make_variables())
    assert list(refits) == list(shifts) == list(WEEKS[1:])
    assert {figures["agreement"] for figures in refits.values()} == {1}
    assert {index for by_name in shifts.values() for index in by_name.values()} == {0}
    assert refits[52] == {
        "started_on": "2025-01-01",
        "compared_on": "2025-12-31",
        "member_count": 100,
        "agreement": 1,
    }


def test_a_shift_is_seen_in_its_week_and_in_its_feature():
    refits, shifts = measure_cadence(
        make_history(shift_at=26), variables=make_variables()
    )
    below = [week for week, of_week in refits.items() if of_week["agreement"] < 0.8]
    assert below == [26, 39, 52]
    assert {name for name, index in shifts[26].items() if index > 0.25} == {
        "followers_instagram"
    }


@pytest.mark.parametrize(
    ("changes", "first_week"),
    [
        ({"known_from": 13}, 13), ({"known_from": 39}, 39),
        # Neither do seven weeks tell anything, nor fewer members than clusters.
        ({"known_from": 52}, None), ({"weeks": (0, 4, 7)}, None),
        ({"weeks": (0, 8), "members": 0}, None),
        ({"weeks": ()}, None),
    ],
)  # fmt: skip
def test_a_history_begins_when_a_quarter_of_the_members_are_known(changes, first_week):
    refits, shifts = measure_cadence(
        make_history(**changes), variables=make_variables()
    )
    horizons = [week - first_week for week in WEEKS if week > (first_week or 99)]
    assert list(refits) == list(shifts) == ([] if first_week is None else horizons)


def test_a_history_is_read_as_the_sample_of_each_day():
    """Features that the recipe does not use, and other segmentations, stay away."""
    variables = make_variables()
    sample = make_planted_groups(members=2).drop(columns="city_name")
    sample.loc[0, ["followers_tiktok", "category_name"]] = np.nan, None
    long = pd.concat(
        [
            sample.melt("member_id", FOLLOWERS, "feature_name", "value"),
            sample.melt("member_id", ["category_name"], "feature_name", "level_value"),
        ]
    )
    with duckdb.connect() as connection:
        connection.from_df(long).create("long")
        history = connection.sql(
            "select segmentation, member_id, cast(day as date) as observed_on, value,"
            " feature_name, level_value from long, (values ('planted', '2025-01-01'),"
            " ('planted', '2025-01-29'), ('other', '2025-02-01')) as d (segmentation,"
            " day) order by md5(member_id || feature_name)"
        )
        samples = read_history(
            history, segmentation="planted", settings=variables.settings
        )
        assert read_history(history, segmentation="x", settings=None) == {}
    assert list(samples) == [date(2025, 1, 1), date(2025, 1, 29)]
    for read in samples.values():
        pd.testing.assert_frame_equal(read, sample, check_names=False)


def test_the_population_stability_index_is_that_of_a_hand():
    def number(*values):
        return pd.Series(values, dtype=float)

    def word(*values):
        return pd.Series(values, dtype=object)

    index = population_stability_index
    ten = number(*range(1, 11))
    # All in one of ten bins, the other nine empty.
    all_in_one = 0.9 * np.log(10) + 9 * 0.0999 * np.log(1000)
    assert index(ten, number(5, 5, 5)) == pytest.approx(all_in_one)
    one_further = 0.1 * np.log(2) + 0.0999 * np.log(1000)
    assert index(ten, number(*range(2, 12))) == pytest.approx(one_further)
    halves_and_quarters = 0.25 * np.log(1.5) + 0.25 * np.log(2)
    for make, one, other in ((number, 1, 2), (number, 0, np.nan), (word, "a", None)):
        before, now = make(one, one, other, other), make(one, one, one, other)
        assert index(before, now) == pytest.approx(halves_and_quarters)
        assert index(now, now[::-1]) == 0
    assert index(number(np.nan), number(np.nan)) == 0
    # A level that was not there before.
    assert index(word("a"), word("b")) == pytest.approx(2 * 0.9999 * np.log(10_000))
