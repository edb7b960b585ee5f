"""The queries for BI tools answer what the marts hold, whatever the spelling."""

import csv
import unicodedata
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import CHECKOUT
from dbt_project import DbtProject
from segmentation.reporting.exports.enterprises_csv import write_enterprises_csv

ANALYSES = CHECKOUT / "analyses"
BI_GUIDE = (CHECKOUT / "docs" / "bi_guide.md").read_text(encoding="utf-8")
NAMES = sorted(path.stem for path in ANALYSES.glob("*.sql"))

Client = dict[str, Any]


@pytest.fixture(scope="module")
def published(built: DbtProject) -> duckdb.DuckDBPyConnection:
    with duckdb.connect(str(built.published), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def clients(published: duckdb.DuckDBPyConnection) -> list[Client]:
    mart = published.sql("select * from clustered_enterprises")
    return [dict(zip(mart.columns, row, strict=True)) for row in mart.fetchall()]


def text_of(name: str, **replaced: str) -> str:
    """Read a query, with literals replaced as a reader would replace them."""
    text = (ANALYSES / f"{name}.sql").read_text(encoding="utf-8")
    for old, new in replaced.values():
        assert text.count(f"'{old}'") == 1
        text = text.replace(f"'{old}'", "'" + new.replace("'", "''") + "'")
    return text


def answered(
    published: duckdb.DuckDBPyConnection, name: str, **replaced: tuple[str, str]
) -> list[Client]:
    answer = published.sql(text_of(name, **replaced))
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.fetchall()]


def plain(text: str | None) -> str | None:
    """Fold case and take accents off, independently of the engine."""
    if text is None:
        return None
    letters = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def in_sector(sector: str) -> Callable[[Client], bool]:
    return lambda client: (
        plain(sector)
        in (
            plain(client["category_name"]),
            plain(client["category_group"]),
        )
    )


def in_segment(segment: str) -> Callable[[Client], bool]:
    return lambda client: (
        client["segment_key"] == segment
        or plain(segment)
        in (plain(client["segment_name_fr"]), plain(client["segment_name_en"]))
    )


def check_list(
    answer: list[Client], clients: list[Client], holds: Callable[[Client], bool]
) -> None:
    """Compare with a filter in Python; names are ordered as bytes."""
    expected = sorted(
        filter(holds, clients),
        key=lambda client: (
            client["enterprise_name"].encode(),
            client["enterprise_id"].encode(),
        ),
    )
    assert answer == [{name: client[name] for name in answer[0]} for client in expected]


def test_all_clients_are_listed_by_name(
    published: duckdb.DuckDBPyConnection, clients: list[Client]
) -> None:
    answer = answered(published, "all_enterprises")
    assert len(answer) == 421
    check_list(answer, clients, lambda client: True)


@pytest.mark.parametrize(
    ("segment", "count"),
    [
        ("Présence modérée", 150),
        ("PRESENCE MODEREE", 150),
        ("moderate presence", 150),
        ("moderate_presence", 150),
        ("Leaders facebook", 3),
    ],
)
def test_a_segment_is_found_by_key_or_name(
    published: duckdb.DuckDBPyConnection,
    clients: list[Client],
    segment: str,
    count: int,
) -> None:
    answer = answered(
        published, "enterprises_of_a_segment", segment=("Présence modérée", segment)
    )
    assert len(answer) == count
    check_list(answer, clients, in_segment(segment))


@pytest.mark.parametrize(
    ("sector", "family"),
    [
        ("Librairie", False),
        ("LIBRAIRIE", False),
        ("institut de beaute", False),
        ("prêt-à-porter", False),
        ("beaute & bien-etre", True),
        ("Loisirs & Activités", True),
    ],
)
def test_a_sector_is_a_category_or_a_family_in_any_spelling(
    published: duckdb.DuckDBPyConnection,
    clients: list[Client],
    sector: str,
    family: bool,
) -> None:
    answer = answered(
        published, "enterprises_of_a_sector", sector=("Librairie", sector)
    )
    check_list(answer, clients, in_sector(sector))
    assert (len({client["category_name"] for client in answer}) > 1) == family


@pytest.mark.parametrize("city", ["Plœmeur", "PLOEMEUR", "ploëmeur"])
def test_a_city_with_a_ligature_is_found_without_it(
    published: duckdb.DuckDBPyConnection, city: str
) -> None:
    with duckdb.connect() as connection:
        one = published.sql("from clustered_enterprises limit 1").df()
        connection.register("one", one)
        connection.execute(
            "create table clustered_enterprises as"
            " select * replace ('Plœmeur' as city_name) from one"
        )
        answer = answered(connection, "enterprises_of_a_city", city=("Nantes", city))
    assert len(answer) == 1


@pytest.mark.parametrize(
    ("sector", "segment"),
    [
        ("RESTAURATION & BOISSONS", "Visibilité à construire"),
        ("restauration & boissons", "visibilite a construire"),
        ("Théâtre", "Moderate presence"),
    ],
)
def test_sector_and_segment_hold_together(
    published: duckdb.DuckDBPyConnection,
    clients: list[Client],
    sector: str,
    segment: str,
) -> None:
    answer = answered(
        published,
        "enterprises_of_a_sector_and_segment",
        sector=("RESTAURATION & BOISSONS", sector),
        segment=("Visibilité à construire", segment),
    )
    is_in_both = [in_sector(sector), in_segment(segment)]
    check_list(
        answer, clients, lambda client: all(is_in(client) for is_in in is_in_both)
    )


@pytest.mark.parametrize("city", ["Nantes", "NANTES", "reze", "Les Sables-d'Olonne"])
def test_a_city_is_found_in_any_spelling(
    published: duckdb.DuckDBPyConnection, clients: list[Client], city: str
) -> None:
    answer = answered(published, "enterprises_of_a_city", city=("Nantes", city))
    check_list(
        answer, clients, lambda client: plain(client["city_name"]) == plain(city)
    )


def test_segments_are_counted_with_their_shares(
    published: duckdb.DuckDBPyConnection, clients: list[Client]
) -> None:
    sizes = Counter((c["segment_key"], c["segment_name"]) for c in clients)
    assert answered(published, "segment_sizes") == [
        {
            "segment_key": key,
            "segment_name": name,
            "enterprise_count": count,
            "enterprise_share": pytest.approx(count / len(clients), abs=5e-5),
        }
        for (key, name), count in sizes.most_common()
    ]


def test_the_export_query_gives_what_the_csv_holds(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "enterprises.csv"
    write_enterprises_csv(
        published, path, relations={"clustered_enterprises": "clustered_enterprises"}
    )
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file, delimiter=";")
    answer = answered(published, "export_of_all_enterprises")
    assert list(answer[0]) == header

    def as_in_csv(value: Any) -> str:
        if isinstance(value, bool):
            return "oui" if value else "non"
        if isinstance(value, float):
            return f"{value:.4f}".replace(".", ",")
        if isinstance(value, Decimal):
            return str(value).replace(".", ",")
        return "" if value is None else str(value)

    assert [[as_in_csv(v) for v in row.values()] for row in answer] == lines


def test_unused_potential_is_turnover_without_an_audience(
    published: duckdb.DuckDBPyConnection, clients: list[Client]
) -> None:
    candidates = [
        client
        for client in clients
        if client["engagement_score"] is not None
        and client["engagement_score"] <= 50
        and client["turnover_eur"]
    ]
    candidates.sort(
        key=lambda client: (-client["turnover_eur"], client["enterprise_id"])
    )
    assert len(candidates) > 20
    answer = answered(published, "clients_with_unused_potential")
    assert [row["enterprise_id"] for row in answer] == [
        client["enterprise_id"] for client in candidates[:20]
    ]
    assert all(row["actions_fr"] for row in answer)


def test_work_is_counted_by_platform_and_segment(
    published: duckdb.DuckDBPyConnection, clients: list[Client]
) -> None:
    answer = answered(published, "clients_by_target_platform")
    counts = Counter((c["target_platform"], c["segment_key"]) for c in clients)
    assert {
        (row["target_platform"], row["segment_key"]): row["enterprise_count"]
        for row in answer
    } == counts
    for row in answer:
        scores = [
            client["engagement_score"]
            for client in clients
            if client["target_platform"] == row["target_platform"]
            and client["segment_key"] == row["segment_key"]
            and client["engagement_score"] is not None
        ]
        assert row["mean_engagement_score"] == pytest.approx(
            sum(scores) / len(scores), abs=0.051
        )


def test_moves_are_counted_since_a_day(published: duckdb.DuckDBPyConnection) -> None:
    """With a first publication everybody comes; the day it is, is in, the next not."""
    answer = answered(published, "moves_between_segments")
    assert sum(row["enterprise_count"] for row in answer) == 421
    assert {row["cause"] for row in answer} == {"new"}
    last_day = answered(
        published, "moves_between_segments", since=("2025-01-01", "2025-06-30")
    )
    assert last_day == answer
    assert not answered(
        published, "moves_between_segments", since=("2025-01-01", "2025-07-01")
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_query_is_plain_sql_that_is_described_and_in_the_guide(name: str) -> None:
    text = text_of(name)
    assert "{{" not in text
    assert "{%" not in text
    described = yaml.safe_load((ANALYSES / "_analyses.yml").read_text("utf-8"))
    assert [entry["name"] for entry in described["analyses"]] == NAMES
    assert f"](../analyses/{name}.sql)" in BI_GUIDE


def test_the_query_in_the_guide_is_that_of_the_folder() -> None:
    assert f"```sql\n{text_of('enterprises_of_a_sector')}```" in BI_GUIDE
