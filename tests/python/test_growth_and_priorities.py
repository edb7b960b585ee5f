"""Growth, ranks and priorities are what plain rules make of the demonstration data."""

import csv

import pandas as pd
import pytest
from project_copies import CHECKOUT

GROWTH = "follower_growth_per_30_days"
SEEDS = CHECKOUT / "seeds" / "reference"
# Of which no audience is called by a word that the segment's name denies.
DENIED_LEVELS = {
    "low_visibility": {"high", "very_high"},
    "moderate_presence": {"very_high"},
    "balanced_active": {"low"},
    "facebook_leaders": {"low", "moderate"},
}


def frame(project, query: str, **database) -> pd.DataFrame:
    columns = [name for name, *_ in project.rows(f"describe {query}", **database)]
    return pd.DataFrame(project.rows(query, **database), columns=columns)


@pytest.fixture(scope="module")
def clients(built) -> pd.DataFrame:
    return frame(built, "from enterprise_segments").set_index("enterprise_id")


def test_growth_lies_between_the_first_dated_count_and_the_one_in_use(built, clients):
    """No two merged ids of the demonstration contradict each other on one day."""
    counts = frame(
        built,
        "select surviving_enterprise_id as enterprise_id, platform, measured_on,"
        " followers from intermediate.int_social_accounts_disposed where disposition"
        " not in ('inactive', 'orphan', 'enterprise_rejected', 'missing_key')"
        " and followers is not null and measured_on is not null",
        database=built.build_database,
    )
    days = counts.groupby(["enterprise_id", "platform", "measured_on"]).max()
    expected = {}
    for account, own in days.reset_index().groupby(["enterprise_id", "platform"]):
        first, last = own.iloc[0], own.iloc[-1]
        if len(own) > 1:
            gained = int(last["followers"]) - int(first["followers"])
            passed = (last["measured_on"] - first["measured_on"]).days
            expected[account] = (gained * 30 / passed, int(last["followers"]))
    growth = frame(built, "from follower_growth")
    found = growth.set_index(["enterprise_id", "platform"])
    assert len(found) == len(expected) > 400
    for account, (per_30_days, last_followers) in expected.items():
        assert found.loc[account, "growth_per_30_days"] == pytest.approx(per_30_days)
        assert found.loc[account, "last_followers"] == last_followers
    for (id_, platform), last in found["last_followers"].items():
        if platform in ("facebook", "instagram", "tiktok"):
            assert clients.loc[id_, f"followers_{platform}"] == last
    sums = growth.groupby("enterprise_id")[["growth_per_30_days", "first_followers"]]
    for id_, (gained, first) in sums.sum().iterrows():
        client = clients.loc[id_]
        assert client[GROWTH] == pytest.approx(gained, abs=0.001)
        share = client["follower_growth_share_per_30_days"]
        expected_share = gained / first if first else float("nan")
        assert share == pytest.approx(expected_share, abs=1e-4, nan_ok=True)
    assert set(clients.index[clients[GROWTH].notna()]) == set(growth["enterprise_id"])


@pytest.mark.parametrize("measure", ["followers", "growth"])
@pytest.mark.parametrize("peers", ["category", "city", "category_and_city"])
def test_ranks_are_those_of_pandas(clients, measure, peers):
    values = clients[{"followers": "followers_total", "growth": GROWTH}[measure]]
    groups = values.astype(float).groupby(
        [clients[f"{name}_name"] for name in peers.split("_and_")]
    )
    pd.testing.assert_series_equal(
        clients[f"{measure}_rank_in_{peers}"].astype(float),
        groups.rank(method="min", ascending=False),
        check_names=False,
    )
    pd.testing.assert_series_equal(
        clients[f"{measure}_ranked_in_{peers}"].astype(float),
        groups.transform("count").astype(float),
        check_names=False,
    )


def test_a_priority_is_explained_by_its_components(clients):
    with (SEEDS / "priority_components.csv").open(encoding="utf-8") as file:
        rules = {row["component"]: row for row in csv.DictReader(file)}
    parts = clients[[f"priority_{name}" for name in rules]].astype(float).fillna(0)
    weights = [float(rule["weight"]) for rule in rules.values()]
    # The two ways of adding may part at the last bit, where a decimal is rounded.
    gap = (parts.to_numpy() @ weights * 100 - clients["priority_score"]).abs()
    assert gap.max() <= 0.05 + 1e-9
    order = clients.reset_index().sort_values(
        ["priority_score", "enterprise_id"], ascending=[False, True]
    )
    assert order["priority_rank"].tolist() == list(range(1, len(clients) + 1))
    for name, rule in rules.items():
        start = rule["reason_fr"].split("{value}")[0].lower()
        is_told = clients["priority_reason_fr"].str.lower().str.contains(start)
        is_reason = parts[f"priority_{name}"] >= float(rule["told_from"])
        assert (is_told.fillna(False) == is_reason).all(), name
        assert is_reason.any(), name


def test_the_level_of_an_audience_does_not_contradict_its_segment(clients):
    for key, denied in DENIED_LEVELS.items():
        levels = set(clients.loc[clients["segment_key"] == key, "engagement_level"])
        assert levels, key
        assert not levels & denied, key
