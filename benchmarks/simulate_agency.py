"""A made-up agency that lives on from month to month, known exactly.

It starts as the planted enterprises of the demonstration data. Every month follower
counts wander, a few clients arrive and a few leave; in one month a named set of
clients of low visibility really changes and reaches the audience of those of
moderate presence; and in every month some counts, others each time, cannot be read.
What a segmentation says can then be held against what happened.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from generate_demonstration_seeds import planted_enterprises

FIRST_AS_OF = pd.Timestamp("2025-06-30 12:00:00")
# Each month, of some 420 clients: in a year a sixth is new and a ninth has left.
ARRIVAL_COUNT = 6
DEPARTURE_COUNT = 4
MOVER_COUNT = 12
# Of the accounts, each month.
HIDDEN_SHARE = 0.05
MOVED_FROM = "low_visibility"
MOVED_TO = "moderate_presence"
# The planted groups carry the number of the study's cluster.
GROUPS = ("moderate_presence", "facebook_leaders", "balanced_active", "low_visibility")
PLATFORMS = ("facebook", "instagram", "tiktok", "other")
COUNTS = [f"followers_{platform}" for platform in PLATFORMS]
# What stands for the other platforms in the raw table.
RAW_NAMES = {"other": "linkedin"}
ENTERPRISE_COLUMNS = (
    *("enterprise_id", "enterprise_name", "category_name", "city_name", "postal_code"),
    *("is_active", "created_at"),
)


@dataclass(frozen=True, kw_only=True)
class Month:
    """The agency's clients at the end of one month, and what happened in it.

    Month 0 is the first publication. ``enterprises`` are the active clients by
    ``enterprise_id``, with the planted ``segment_key``; ``inactive`` have left and are
    still in the file. The sets name who came, who left (inactive or out of the file)
    and who really changed in this month; ``hidden`` are the enterprises and columns
    whose counts its raw tables do not tell.
    """

    number: int
    as_of: pd.Timestamp
    enterprises: pd.DataFrame
    inactive: pd.DataFrame
    arrived: frozenset[str] = frozenset()
    departed: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()
    hidden: frozenset[tuple[str, str]] = frozenset()


def simulate_months(
    *, month_count: int, move_month: int, noise: float, seed: int
) -> list[Month]:
    """Live through some months after month 0, which comes first.

    ``noise`` is the standard deviation of the logarithm of a count's monthly growth:
    0.03 is three per cent. It adds up, so after n months a count has gone about
    sqrt(n) times as far. Nobody moves if ``move_month`` is beyond the last.
    """
    months = [first_month()]
    for number in range(1, month_count + 1):
        # A stream a month: a longer year begins like a shorter one.
        random = np.random.default_rng([seed, number])
        is_move_month = number == move_month
        month = next_month(
            months[-1], noise=noise, is_move_month=is_move_month, random=random
        )
        months.append(month)
    return months


def first_month() -> Month:
    planted = planted_enterprises()
    enterprises = planted.drop(columns=["report_cluster", "followers_total"]).assign(
        segment_key=planted["report_cluster"].map(dict(enumerate(GROUPS))),
        created_on="2024-01-15",
        **{name: planted[name].astype("Int64") for name in COUNTS},
    )
    return Month(
        number=0,
        as_of=FIRST_AS_OF,
        enterprises=enterprises,
        inactive=enterprises.iloc[:0],
    )


def next_month(
    month: Month, *, noise: float, is_move_month: bool, random: np.random.Generator
) -> Month:
    """Return the month after, with its departures, arrivals and noise.

    Half of those who leave become inactive, the others vanish from the file. Who
    arrives is drawn from those present, with noise of its own on the counts, and
    so lies within a group as they do.
    """
    number = month.number + 1
    as_of = FIRST_AS_OF + pd.DateOffset(months=number)
    before = month.enterprises
    leaving = random.choice(
        before["enterprise_id"].to_numpy(str), DEPARTURE_COUNT, replace=False
    )
    has_left = before["enterprise_id"].isin(leaving)
    is_inactive = before["enterprise_id"].isin(leaving[: DEPARTURE_COUNT // 2])
    staying = add_noise(before[~has_left], noise=noise, random=random)
    moved: frozenset[str] = frozenset()
    if is_move_month:
        staying, moved = move_some(staying, random=random)
    models = staying.iloc[random.choice(len(staying), ARRIVAL_COUNT, replace=False)]
    ids = [f"N{number:02}{i:02}" for i in range(1, ARRIVAL_COUNT + 1)]
    arriving = add_noise(models, noise=noise, random=random).assign(
        enterprise_id=ids,
        enterprise_name=[f"Nouvelle enseigne {name}" for name in ids],
        created_on=f"{as_of:%Y-%m-%d}",
    )
    enterprises = pd.concat([staying, arriving], ignore_index=True)
    return Month(
        number=number,
        as_of=as_of,
        enterprises=enterprises.sort_values("enterprise_id", ignore_index=True),
        inactive=pd.concat([month.inactive, before[is_inactive]], ignore_index=True),
        arrived=frozenset(ids),
        departed=frozenset(leaving.tolist()),
        moved=moved,
        hidden=hide_some(enterprises, without=moved, random=random),
    )


def hide_some(
    enterprises: pd.DataFrame, *, without: frozenset[str], random: np.random.Generator
) -> frozenset[tuple[str, str]]:
    """Choose counts that nobody can read, of others than those who move."""
    known = enterprises.set_index("enterprise_id").drop(index=list(without))
    accounts = known[COUNTS].where(known[COUNTS] > 0).stack().index
    rows = random.choice(
        len(accounts), round(HIDDEN_SHARE * len(accounts)), replace=False
    )
    return frozenset(accounts[row] for row in rows)


def add_noise(
    enterprises: pd.DataFrame, *, noise: float, random: np.random.Generator
) -> pd.DataFrame:
    factors = np.exp(random.normal(0, noise, size=(len(enterprises), len(COUNTS))))
    counts = (enterprises[COUNTS] * factors).round().astype("Int64")
    return enterprises.assign(**counts)


def move_some(
    enterprises: pd.DataFrame, *, random: np.random.Generator
) -> tuple[pd.DataFrame, frozenset[str]]:
    """Give some clients of one group the audience of another group's centre.

    Their Facebook and Instagram counts become the other group's mean, rounded; an
    account that was missing is opened. Only clients whose counts are all known
    move, for of the others nobody could say how far they went.
    """
    is_known = enterprises[COUNTS].notna().all(axis=1)
    can_move = enterprises[is_known & (enterprises["segment_key"] == MOVED_FROM)]
    ids = can_move["enterprise_id"].to_numpy(str)
    moved = random.choice(ids, MOVER_COUNT, replace=False)
    is_moved = enterprises["enterprise_id"].isin(moved)
    examples = enterprises[enterprises["segment_key"] == MOVED_TO]
    changed = enterprises.copy()
    for platform in ("facebook", "instagram"):
        centre = round(examples[f"followers_{platform}"].mean())
        changed.loc[is_moved, f"followers_{platform}"] = centre
        changed.loc[is_moved, f"has_{platform}_account"] = True
    changed.loc[is_moved, "segment_key"] = MOVED_TO
    return changed, frozenset(moved.tolist())


def write_raw_tables(month: Month, folder: Path) -> None:
    active = month.enterprises.assign(is_active="true")
    everybody = pd.concat([active, month.inactive.assign(is_active="false")])
    # Another postal code for namesakes in one city, who are two enterprises.
    codes = "4" + everybody["enterprise_id"].str[1:]
    enterprises = everybody.assign(
        postal_code=codes, created_at=everybody["created_on"]
    )
    for enterprise_id, count in month.hidden:
        everybody.loc[everybody["enterprise_id"] == enterprise_id, count] = pd.NA
    accounts = []
    for platform in PLATFORMS:
        holders = everybody[everybody[f"has_{platform}_account"]]
        of_platform = holders[["enterprise_id", f"followers_{platform}"]]
        of_platform = of_platform.set_axis(["enterprise_id", "followers"], axis=1)
        name = RAW_NAMES.get(platform, platform)
        accounts.append(
            of_platform.assign(platform=name, measured_on=month.as_of.date())
        )
    turnover = everybody.assign(fiscal_year=2024).dropna(subset="turnover_eur")
    columns = ["enterprise_id", "fiscal_year", "turnover_eur"]
    enterprises[list(ENTERPRISE_COLUMNS)].to_csv(
        folder / "enterprises.csv", index=False
    )
    pd.concat(accounts).to_csv(
        folder / "social_accounts.csv", index=False, na_rep="N/A"
    )
    turnover[columns].to_csv(folder / "turnover.csv", index=False)


def kept_share(before: pd.Series, after: pd.Series, *, without: frozenset) -> float:
    """Share of the members of both, without some, whose value is the same."""
    both = before.index.intersection(after.index).difference(list(without))
    return float((before[both].to_numpy() == after[both].to_numpy()).mean())


def write_table(document: Path, rows: list[list[str]]) -> str:
    """Put a table, its header first, in the place of the one that ends a document."""
    header, *others = (f"| {' | '.join(row)} |\n" for row in rows)
    table = "".join([header, "|" + "---|" * len(rows[0]) + "\n", *others])
    text, _, _ = document.read_text(encoding="utf-8").partition("\n| ")
    document.write_text(f"{text}\n{table}", encoding="utf-8")
    return table
