"""What a made-up agency sells from month to month, known exactly.

Accounts of four kinds, as in the study of CRM sales, each repeat a plan of a year, at
prices that wander. An export holds the lines of the last twelve months, so an account
that buys as ever has the same orders at about the same prices in every export. Each
month a few accounts begin to buy and a few stop; in one month a named set of occasional
buyers really changes and buys as regular ones do.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from simulate_agency import ARRIVAL_COUNT, DEPARTURE_COUNT, FIRST_AS_OF, MOVER_COUNT

ACCOUNT_COUNT = 600
MOVED_FROM, MOVED_TO = "occasional_buyers", "regular_buyers"
# By kind: the fewest and most orders of a year, and the lowest and highest price.
KINDS = {
    "large_orders": (4, 5, 300, 900),
    "regular_buyers": (11, 16, 70, 200),
    "small_orders": (4, 6, 15, 60),
    "occasional_buyers": (1, 1, 80, 220),
}


@dataclass(frozen=True, kw_only=True)
class SalesMonth:
    """The lines that an export has at the end of one month, and what happened in it.

    ``steady`` are the accounts that bought by their plan all along.
    """

    number: int
    lines: pd.DataFrame
    steady: frozenset[str]
    arrived: frozenset[str] = frozenset()
    moved: frozenset[str] = frozenset()


def simulate_sales(
    *, month_count: int, move_month: int, noise: float, seed: int
) -> list[SalesMonth]:
    """Sell for some months after month 0, whose export reaches back a year.

    ``noise`` is the standard deviation of the logarithm of a price about its plan's.
    """
    random = np.random.default_rng([seed, 0])
    kinds = [*KINDS] * (ACCOUNT_COUNT // len(KINDS))
    plans = [plan_year(f"C{i:04}", kind, random) for i, kind in enumerate(kinds)]
    sold = [sell(plans, month, noise=noise, random=random) for month in range(-11, 1)]
    steady = {plan["account_id"].iloc[0] for plan in plans}
    months = [in_export(0, sold, steady=steady)]
    for number in range(1, month_count + 1):
        random = np.random.default_rng([seed, number])
        leaving = random.choice(sorted(steady), DEPARTURE_COUNT, replace=False)
        steady -= {*leaving.tolist()}
        plans = [plan for plan in plans if plan["account_id"].iloc[0] not in leaving]
        arrived = [
            plan_year(f"N{number:02}{i:02}", random.choice([*KINDS]), random)
            for i in range(ARRIVAL_COUNT)
        ]
        for plan in arrived:
            # The first order is of this month.
            plan["phase"] = (plan["phase"] - plan["phase"].iloc[0] + number) % 12
        plans += arrived
        moved: set[str] = set()
        if number == move_month:
            of_kind = [p for p in plans if p["kind"].iloc[0] == MOVED_FROM]
            ids = sorted({p["account_id"].iloc[0] for p in of_kind} & steady)
            moved = {*random.choice(ids, MOVER_COUNT, replace=False).tolist()}
            steady -= moved
            # What a regular buyer buys in a year, at once.
            surplus = [plan_year(n, MOVED_TO, random) for n in sorted(moved)]
            plans = [p for p in plans if p["account_id"].iloc[0] not in moved]
            at_once = [plan.assign(phase=number % 12) for plan in surplus]
            sold.append(sell(at_once, number, noise=noise, random=random))
        sold.append(sell(plans, number, noise=noise, random=random))
        names = frozenset(plan["account_id"].iloc[0] for plan in arrived)
        months.append(
            in_export(number, sold, steady=steady, arrived=names, moved=moved)
        )
    return months


def plan_year(account_id: str, kind: str, random: np.random.Generator) -> pd.DataFrame:
    """Plan the orders of a year: the month of each, and its price."""
    fewest, most, lowest, highest = KINDS[kind]
    count = random.integers(fewest, most, endpoint=True)
    return pd.DataFrame(
        {
            "account_id": account_id,
            "kind": kind,
            "order": range(count),
            "phase": random.integers(0, 12, count),
            "price": random.uniform(lowest, highest) * random.uniform(0.9, 1.1, count),
        }
    )


def sell(
    plans: list[pd.DataFrame],
    month: int,
    *,
    noise: float,
    random: np.random.Generator,
) -> pd.DataFrame:
    """Return the lines of a month."""
    due = pd.concat(plans).query("phase == @month % 12")
    day = FIRST_AS_OF + pd.DateOffset(months=month)
    key = due["account_id"] + f"-{month}-" + due["order"].astype(str)
    prices = due["price"] * np.exp(random.normal(0, noise, len(due)))
    days = pd.to_timedelta(random.integers(0, 27, len(due)), unit="D")
    return pd.DataFrame(
        {
            "line_id": key,
            "account_id": due["account_id"],
            "contract_id": "O" + key,
            "product_code": due["kind"],
            "product_name": due["kind"],
            "quantity": 1,
            "unit_price_eur": prices.round(2),
            "sold_on": (day - days).date,
            "country": "FR",
            "month": month,
        }
    )


def in_export(
    number: int, sold: list[pd.DataFrame], *, steady: set[str], **happened: object
) -> SalesMonth:
    """Take the lines of the last twelve months."""
    lines = pd.concat(sold).query("@number - 12 < month <= @number")
    return SalesMonth(
        number=number,
        lines=lines.drop(columns="month").sort_values("line_id", ignore_index=True),
        steady=frozenset(steady),
        **{name: frozenset(ids) for name, ids in happened.items()},
    )
