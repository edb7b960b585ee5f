"""A made-up agency that lives on from month to month, known exactly.

It starts as the planted enterprises of the demonstration data. Every month follower
counts wander, a few clients arrive and a few leave; in one month a named set of
clients of low visibility really changes and reaches the audience of those of
moderate presence. What a segmentation says can then be held against what happened.
"""

import csv
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
MOVED_FROM = "low_visibility"
MOVED_TO = "moderate_presence"
# The planted groups carry the number of the report's cluster.
GROUPS = ("moderate_presence", "facebook_leaders", "balanced_active", "low_visibility")
PLATFORMS = ("facebook", "instagram", "tiktok", "other")
COUNTS = [f"followers_{platform}" for platform in PLATFORMS]
# What stands for the other platforms in the raw table.
OTHER_PLATFORM = "linkedin"


@dataclass(frozen=True, kw_only=True)
class Month:
    """The agency's clients at the end of one month, and what happened in it.

    Attributes
    ----------
    number : int
        0 is the first publication.
    as_of : pandas.Timestamp
        The clock of that month's build.
    enterprises : pandas.DataFrame
        The active clients, ordered by ``enterprise_id``: name, category, city,
        followers by platform (whole numbers, NA unknown), has_<platform>_account,
        ``turnover_eur``, ``created_on`` and the planted ``segment_key``.
    inactive : pandas.DataFrame
        With the same columns, those that left and are still in the client file.
    arrived, departed, moved : frozenset of str
        The clients that came, that left (inactive or out of the file), and that
        really changed in this month.
    """

    number: int
    as_of: pd.Timestamp
    enterprises: pd.DataFrame
    inactive: pd.DataFrame
    arrived: frozenset[str] = frozenset()
    departed: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()


def simulate_months(
    *, month_count: int, move_month: int, noise: float, seed: int
) -> list[Month]:
    """Live through some months after the first publication.

    Parameters
    ----------
    month_count : int
        Months after month 0.
    move_month : int
        In which the movers move; none do if it is beyond the last.
    noise : float
        Standard deviation of the logarithm of a count's monthly growth: 0.03 is
        three per cent. It adds up, so after n months a count has gone about
        sqrt(n) times as far.
    seed : int

    Returns
    -------
    list of Month
        ``month_count`` + 1 of them, month 0 first.
    """
    months = [first_month()]
    for number in range(1, month_count + 1):
        months.append(
            next_month(
                months[-1],
                noise=noise,
                is_move_month=number == move_month,
                # A stream a month: a longer year begins like a shorter one.
                random=np.random.default_rng([seed, number]),
            )
        )
    return months


def first_month() -> Month:
    """Return the agency as the demonstration data have it."""
    planted = planted_enterprises()
    enterprises = planted.drop(columns="report_cluster").assign(
        segment_key=[GROUPS[number] for number in planted["report_cluster"]],
        created_on="2024-01-15",
        **{name: planted[name].astype("Int64") for name in COUNTS},
    )
    return Month(
        number=0,
        as_of=FIRST_AS_OF,
        enterprises=enterprises.drop(columns="followers_total"),
        inactive=enterprises.drop(columns="followers_total").iloc[:0],
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
    return Month(
        number=number,
        as_of=as_of,
        enterprises=pd.concat([staying, arriving], ignore_index=True).sort_values(
            "enterprise_id", ignore_index=True
        ),
        inactive=pd.concat([month.inactive, before[is_inactive]], ignore_index=True),
        arrived=frozenset(ids),
        departed=frozenset(leaving.tolist()),
        moved=moved,
    )


def add_noise(
    enterprises: pd.DataFrame, *, noise: float, random: np.random.Generator
) -> pd.DataFrame:
    """Let every known count grow or shrink by a log-normal factor, rounded."""
    factors = np.exp(random.normal(0, noise, size=(len(enterprises), len(COUNTS))))
    return enterprises.assign(
        **{
            name: (enterprises[name] * factors[:, i]).round().astype("Int64")
            for i, name in enumerate(COUNTS)
        }
    )


def move_some(
    enterprises: pd.DataFrame, *, random: np.random.Generator
) -> tuple[pd.DataFrame, frozenset[str]]:
    """Give some clients of one group the audience of another group's centre.

    Their Facebook and Instagram counts become the other group's mean, rounded; an
    account that was missing is opened. Only clients whose counts are all known
    move, for of the others nobody could say how far they went.

    Returns
    -------
    enterprises : pandas.DataFrame
    moved : frozenset of str
        Their ids.
    """
    can_move = (enterprises["segment_key"] == MOVED_FROM) & enterprises[
        COUNTS
    ].notna().all(axis=1)
    moved = random.choice(
        enterprises.loc[can_move, "enterprise_id"].to_numpy(str),
        MOVER_COUNT,
        replace=False,
    )
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
    """Write the month's three raw tables as CSV files, replacing older ones."""
    everybody = [(row, True) for row in month.enterprises.to_dict("records")]
    everybody += [(row, False) for row in month.inactive.to_dict("records")]
    write_csv(
        folder / "enterprises.csv",
        "enterprise_id,enterprise_name,category_name,city_name,postal_code,"
        "is_active,created_at",
        [
            (
                row["enterprise_id"],
                row["enterprise_name"],
                row["category_name"],
                row["city_name"],
                # Different for namesakes in one city, who are two enterprises.
                f"4{row['enterprise_id'][1:]}",
                str(is_active).lower(),
                row["created_on"],
            )
            for row, is_active in everybody
        ],
    )
    write_csv(
        folder / "social_accounts.csv",
        "enterprise_id,platform,followers,measured_on",
        [
            (
                row["enterprise_id"],
                OTHER_PLATFORM if platform == "other" else platform,
                "N/A"
                if pd.isna(row[f"followers_{platform}"])
                else row[f"followers_{platform}"],
                f"{month.as_of:%Y-%m-%d}",
            )
            for row, _ in everybody
            for platform in PLATFORMS
            if row[f"has_{platform}_account"]
        ],
    )
    write_csv(
        folder / "turnover.csv",
        "enterprise_id,fiscal_year,turnover_eur",
        [
            (row["enterprise_id"], 2024, row["turnover_eur"])
            for row, _ in everybody
            if pd.notna(row["turnover_eur"])
        ],
    )


def write_csv(file: Path, header: str, rows: list[tuple]) -> None:
    """Write rows below a header; None becomes an empty text."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)
