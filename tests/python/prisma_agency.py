"""The demonstration agency as typed rows of a Prisma schema, and the same as CSV.

Dirt that types do not let in (numbers as words, ids twice) is left out; names,
categories and cities stay as people typed them.
"""

import csv
import re
import uuid
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import psycopg

PLATFORMS = {
    "facebook": "FACEBOOK",
    "fb": "FACEBOOK",
    "page facebook": "FACEBOOK",
    "instagram": "INSTAGRAM",
    "ig": "INSTAGRAM",
    "insta": "INSTAGRAM",
    "tik tok": "TIKTOK",
    "tik-tok": "TIKTOK",
    "tiktok": "TIKTOK",
    "linkedin": "LINKEDIN",
    "youtube": "YOUTUBE",
    "google_business": "GOOGLE_BUSINESS",
}
ACTIVE = ("true", "vrai", "o", "oui", "active", "actif", "1", "t", "yes", "y")
A_DAY = date(2024, 2, 29)


class Enterprise(NamedTuple):
    enterprise_id: uuid.UUID
    enterprise_name: str
    category_name: str | None
    city_name: str | None
    postal_code: str | None
    is_active: bool
    created_at: date


class SocialAccount(NamedTuple):
    enterprise_id: uuid.UUID
    platform: str
    followers: int | None
    measured_on: date | None


class Turnover(NamedTuple):
    enterprise_id: uuid.UUID
    fiscal_year: int
    turnover_eur: Decimal | None


class Agency(NamedTuple):
    enterprises: list[Enterprise]
    social_accounts: list[SocialAccount]
    turnover: list[Turnover]


def read_agency(seeds: Path) -> Agency:
    """Read the demonstration seeds as what fits into the types of the schema."""
    enterprises = {}
    for row in _rows(seeds / "raw_enterprises.csv"):
        enterprises[row["enterprise_id"].strip()] = Enterprise(
            enterprise_id=_key(row["enterprise_id"]),
            enterprise_name=row["enterprise_name"],
            category_name=row["category_name"] or None,
            city_name=row["city_name"] or None,
            postal_code=row["postal_code"] or None,
            is_active=row["is_active"].strip().lower() in ACTIVE,
            created_at=_day(row["created_at"]),
        )
    return Agency(
        enterprises=list(enterprises.values()),
        social_accounts=[
            SocialAccount(
                enterprise_id=_key(row["enterprise_id"]),
                platform=PLATFORMS.get(row["platform"].strip().lower(), "OTHER"),
                followers=_number(row["followers"]),
                measured_on=_day(row["measured_on"]),
            )
            for row in _rows(seeds / "raw_social_accounts.csv")
            if row["enterprise_id"].strip() in enterprises
        ],
        turnover=[
            Turnover(
                enterprise_id=_key(row["enterprise_id"]),
                fiscal_year=int(row["fiscal_year"]),
                turnover_eur=Decimal(row["turnover_eur"]).quantize(Decimal("0.01"))
                if re.fullmatch(r"\d+(\.\d+)?", row["turnover_eur"])
                else None,
            )
            for row in _rows(seeds / "raw_turnover.csv")
            if row["enterprise_id"].strip() in enterprises
            and row["fiscal_year"].isdigit()
        ],
    )


def write_csv(agency: Agency, folder: Path) -> None:
    """Write an agency as a clean export."""
    folder.mkdir()
    for name, rows in agency._asdict().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(rows[0]._fields)
            for row in rows:
                writer.writerow(
                    str(value).lower() if isinstance(value, bool) else value
                    for value in row
                )


def write_tables(agency: Agency, connection: psycopg.Connection) -> None:
    """Write an agency into the tables of tests/fixtures/prisma_schema.sql."""
    with connection.cursor() as cursor:
        categories = {row.category_name for row in agency.enterprises} - {None}
        cursor.executemany(
            'insert into "Category" (name) values (%s)',
            [(name,) for name in sorted(categories)],
        )
        cursor.executemany(
            'insert into "Enterprise"'
            ' (id, name, "categoryId", address, "isActive", "createdAt")'
            ' values (%s, %s, (select id from "Category" where name = %s),'
            " jsonb_build_object('city', %s::text, 'postalCode', %s::text), %s, %s)",
            [tuple(row) for row in agency.enterprises],
        )
        networks = [
            (uuid.uuid5(row.enterprise_id, str(place)), row)
            for place, row in enumerate(agency.social_accounts)
        ]
        cursor.executemany(
            'insert into "SocialNetwork" (id, "enterpriseId", platform)'
            " values (%s, %s, %s)",
            [(key, row.enterprise_id, row.platform) for key, row in networks],
        )
        cursor.executemany(
            'insert into "Engagement"'
            ' ("socialNetworkId", "followersCount", "measuredAt")'
            " values (%s, %s, %s)",
            [(key, row.followers, row.measured_on) for key, row in networks],
        )
        cursor.executemany(
            'insert into "Turnover" ("enterpriseId", "fiscalYear", "amountEur")'
            " values (%s, %s, %s)",
            [tuple(row) for row in agency.turnover],
        )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _key(value: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_OID, value.strip())


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return A_DAY


def _number(value: str) -> int | None:
    try:
        return int(value)
    except ValueError:
        return None
