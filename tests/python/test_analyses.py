"""The queries for BI tools answer what the marts hold, whatever the spelling."""

import re
import unicodedata
from typing import Any

import duckdb
import pytest
import yaml
from project_copies import CHECKOUT

ANALYSES = CHECKOUT / "analyses"
BI_GUIDE = (CHECKOUT / "docs" / "bi_guide.md").read_text(encoding="utf-8")
NAMES = sorted(path.stem for path in ANALYSES.glob("*.sql"))
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def clients(published):
    return rows(published.sql("from enterprise_segments"))


def rows(relation: duckdb.DuckDBPyRelation) -> Rows:
    return [dict(zip(relation.columns, r, strict=True)) for r in relation.fetchall()]


def answered(
    published: duckdb.DuckDBPyConnection, query: str, **wanted: str
) -> duckdb.DuckDBPyRelation:
    """Run a query with its literals replaced, as a reader would replace them."""
    text = (ANALYSES / f"{query}.sql").read_text(encoding="utf-8")
    for name, value in wanted.items():
        literal = "'" + value.replace("'", "''") + "'"
        text, count = re.subn(rf"'[^']*'(?= as {name}\b)", literal, text)
        assert count == 1
    return published.sql(text)


def plain(text: str | None) -> str:
    """Fold case and take accents off, independently of the engine."""
    letters = unicodedata.normalize("NFD", (text or "").lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        *({"segment": name} for name in ("Présence modérée", "PRESENCE MODEREE")),
        *({"segment": name} for name in ("moderate presence", "moderate_presence")),
        *({"sector": name} for name in ("LIBRAIRIE", "institut de beaute")),
        *({"sector": name} for name in ("beaute & bien-etre", "Loisirs & Activités")),
        *({"city": name} for name in ("NANTES", "reze", "Les Sables-d'Olonne")),
        {"sector": "restauration & boissons", "segment": "low_visibility"},
        {"sector": "Théâtre", "city": "Nantes"},
        {"segment": "nobody"},
    ],
    ids=str,
)
def test_clients_are_found_by_sector_segment_and_city_in_any_spelling(
    published, clients, wanted
):
    columns = {
        "sector": ["category_name", "category_group"],
        "segment": ["segment_key", "segment_name_fr", "segment_name_en"],
        "city": ["city_name"],
    }
    # Names are ordered as bytes.
    expected = sorted(
        (client["enterprise_name"].encode(), client["enterprise_id"])
        for client in clients
        if all(
            plain(value) in [plain(client[column]) for column in columns[name]]
            for name, value in wanted.items()
        )
    )
    answer = answered(published, "enterprises", **wanted).fetchall()
    assert [row[0] for row in answer] == [id_ for _, id_ in expected]
    assert bool(answer) is (wanted.get("segment") != "nobody")


def test_a_city_with_a_ligature_is_found_without_it(published):
    with duckdb.connect() as connection:
        one = published.sql("from enterprise_segments limit 1").df()
        connection.from_df(one.assign(city_name="Plœmeur")).create(
            "enterprise_segments"
        )
        for city in ("Plœmeur", "PLOEMEUR", "ploëmeur"):
            assert len(answered(connection, "enterprises", city=city)) == 1


def test_all_clients_have_the_columns_of_the_csv(published, built):
    path = built.published.parent / "exports/entreprises_clusterisées.csv"
    header = path.read_text(encoding="utf-8-sig").split("\n")[0]
    answer = answered(published, "enterprises")
    seed = published.sql("select column_name, header_fr from export_headers").fetchall()
    assert [dict(seed)[name] for name in answer.columns] == header.split(";")


def test_moves_are_counted_since_a_day(published):
    """With a first publication everybody comes; the day it is, is in, the next not."""
    answer = rows(answered(published, "moves_between_segments"))
    assert sum(row["member_count"] for row in answer) == 421
    assert {row["cause"] for row in answer} == {"new"}
    that_day, next_day = (
        rows(answered(published, "moves_between_segments", since=day))
        for day in ("2025-06-30", "2025-07-01")
    )
    assert (that_day, next_day) == (answer, [])


@pytest.mark.parametrize("name", NAMES)
def test_a_query_is_plain_sql_that_answers_is_described_and_in_the_guide(
    published, name
):
    text = (ANALYSES / f"{name}.sql").read_text(encoding="utf-8")
    assert "{{" not in text
    assert "{%" not in text
    assert published.sql(text).fetchall()
    described = yaml.safe_load((ANALYSES / "_analyses.yml").read_text("utf-8"))
    assert [entry["name"] for entry in described["analyses"]] == NAMES
    assert f"](../analyses/{name}.sql)" in BI_GUIDE
