"""The made-up clients behind the raw tables: the truth that cleaning must recover.

They are a table, drawn by chance and kept: 421 active clients in four groups whose
sizes, mean followers and leading categories are the study's tables 4.2 and 4.3, as
tests/python/test_report_reproduced.py proves. The others are inactive, or nobody can
read whether they are active. Names are made of a trade and a place, never of a person's
name: the names of sole traders are personal data, even in a demonstration.
"""

import csv
import random
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

TABLE = Path(__file__).parents[2] / "tests/fixtures/demonstration_clients.csv"
SEED = 421
# Above the number of clients: deleted ones leave gaps.
LARGEST_ID = 1600

# Accounts of a client: followers by platform, None where nobody can tell them.
Accounts = dict[str, int | None]


@dataclass
class Client:
    enterprise_id: str
    name: str
    category: str | None
    city: str | None
    postal_code: str | None
    created_on: date
    is_active: bool | None
    report_cluster: int | None
    accounts: Accounts
    turnover_cents: dict[int, int]

    @property
    def is_complete(self) -> bool:
        return None not in (self.category, self.city, self.postal_code)


def read_clients() -> list[Client]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    clients = []
    for row in rows:
        followers = dict(part.split("=") for part in row["followers"].split())
        cents = dict(part.split("=") for part in row["turnover_cents"].split())
        clients.append(
            Client(
                enterprise_id=row["enterprise_id"],
                name=row["enterprise_name"],
                category=row["category_name"] or None,
                city=row["city_name"] or None,
                postal_code=row["postal_code"] or None,
                created_on=date.fromisoformat(row["created_on"]),
                is_active={"true": True, "false": False}.get(row["is_active"]),
                report_cluster=int(group) if (group := row["report_cluster"]) else None,
                accounts={name: int(n) if n else None for name, n in followers.items()},
                turnover_cents={int(year): int(n) for year, n in cents.items()},
            )
        )
    return clients


def stream(purpose: str) -> random.Random:
    """Return a generator of its own for one purpose.

    Separate streams, so that a change in one step does not reshuffle the others.
    """
    return random.Random(f"{SEED} {purpose}")


def strip_accents(text: str) -> str:
    for ligature, letters in (("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE")):
        text = text.replace(ligature, letters)
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def text_key(text: str) -> str:
    plain = strip_accents(text.lower())
    return " ".join("".join(c if c.isalnum() else " " for c in plain).split())
