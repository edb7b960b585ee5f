"""The CSV and the JSON hold what the marts hold, in a form that does no harm."""

import csv
import io
import json
import random
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
from page_data import make_enterprise, make_recommendation, make_segment, make_tables
from project_copies import CHECKOUT, read_seed
from segmentation.reporting.exports import (
    COLUMNS,
    SCHEMA_VERSION,
    harmless_text,
    write_cells_csv,
    write_clients_json,
    write_enterprises_csv,
    write_recommendations_json,
)

SCHEMA = json.loads((CHECKOUT / "assets" / "recommandations.schema.json").read_text())
HEADER = [name.removesuffix("_{}") for name in COLUMNS]


def small_tables(**tables: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """Make a published database with these rows."""
    connection = duckdb.connect()
    make_tables(connection, tables)
    return connection


def write(
    connection: duckdb.DuckDBPyConnection, path: Path, **options: str
) -> list[list[str]]:
    """Write the CSV, check its bytes and read it back with Python's reader."""
    write_enterprises_csv(connection, path, **options)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))


@pytest.mark.parametrize(
    ("value", "written"),
    [(v, v) for v in ("", " ", "Léa = Luc", "L'été", "'=1", "1+1", "a-b", "¡ole!",
                      "\u200b")]
    + [("Le Bon\r\nPain\t\x0b\x1b\x85\u2028chaud", "Le Bon Pain chaud")],
)  # fmt: skip
def test_a_harmless_text_is_written_as_it_is_on_one_line(
    value: str, written: str
) -> None:
    assert harmless_text(value) == written


def test_no_name_breaks_the_file_or_reaches_a_spreadsheet_as_a_formula(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    alphabet = (
        "ab é;\"',=+-@\uff1d\uff20\t\r\n\x00\\|œ\u00a0\u202f\u2028\ufeff\u200b€😀"
    )
    names = ["".join(chance.choices(alphabet, k=i % 9)) for i in range(1500)]
    rows = [
        make_enterprise(f"{i:04}", "a", enterprise_name=n) for i, n in enumerate(names)
    ]
    path = tmp_path / "enterprises.csv"
    header, *lines = write(small_tables(enterprise_segments=rows), path)
    assert path.read_bytes().count(b"\r\n") == len(names) + 1
    column = header.index("enterprise_name")
    written = [line[column] for line in lines]

    assert written == [harmless_text(name) for name in names]
    assert not [
        t for t in written if re.match(r"[\s\ufeff\u200b]*[=+\-@\uff1d\uff20]", t)
    ]
    assert sum(text.startswith("'") for text in written) > 250
    # DuckDB takes an empty field for NULL.
    read = duckdb.sql(
        f"select enterprise_name from read_csv('{path}', delim=';', quote='\"',"
        " escape='\"', header=true, all_varchar=true, nullstr='')"
    ).fetchall()
    assert [name or "" for (name,) in read] == written


def test_numbers_have_a_decimal_comma_and_are_never_taken_for_formulas(
    tmp_path: Path,
) -> None:
    row = {
        "enterprise_id": "A",
        "followers_total": -3,
        "turnover_eur": Decimal("-1234567.80"),
        "is_set_by_hand": True,
        "assignment_margin": 0.12345678,
    }
    connection = small_tables(enterprise_segments=[row])
    header, line = write(connection, tmp_path / "enterprises.csv")
    filled = {n: text for n, text in zip(header, line, strict=True) if text}
    assert filled == row | {"followers_total": "-3", "turnover_eur": "-1234567,80"} | {
        "is_set_by_hand": "oui", "assignment_margin": "0,1235",
    }  # fmt: skip


def test_rows_are_ordered_by_key_and_the_same_data_give_the_same_bytes(
    tmp_path: Path,
) -> None:
    connection = small_tables()
    assert write(connection, tmp_path / "of_nobody") == [HEADER]
    for name in ("a", "b"):
        connection.execute(
            "create or replace table enterprise_segments as from enterprise_segments"
            " where false; insert into enterprise_segments (enterprise_id)"
            " select format('{:05}', i) from range(25_000) as numbers (i)"
            f" order by md5('{name}' || i)"
        )
        _, *lines = write(connection, tmp_path / name)
        assert [line[0] for line in lines] == [f"{i:05}" for i in range(25_000)]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_csv_holds_what_the_mart_holds(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "enterprises.csv"
    header, *lines = write(published, path)
    words = dict(
        published.sql("select column_name, header_fr from export_headers").fetchall()
    )
    assert header == [words[name] for name in HEADER]
    mart = published.sql(
        "select * replace (engagement_level_fr as engagement_level, segment_name_fr as"
        " segment_name, if(is_set_by_hand, 'oui', 'non') as is_set_by_hand,"
        " if(engagement_is_lower_bound, 'oui', 'non') as engagement_is_lower_bound,"
        " segment_since::date as segment_since,"
        " round(assignment_margin, 4) as assignment_margin,"
        " round(follower_growth_per_30_days, 4) as follower_growth_per_30_days),"
        " actions_fr as actions, priority_reason_fr as priority_reason,"
        " explanation_fr as explanation from enterprise_segments order by enterprise_id"
    ).select(*HEADER)
    types = dict(zip(header, map(str, mart.types), strict=True))
    # A database reads the dialect as well, types included.
    read = duckdb.read_csv(str(path), sep=";", decimal=",", header=True, dtype=types)
    assert read.fetchall() == mart.fetchall()
    assert len(lines) == 421

    header, line, *_ = write(published, tmp_path / "a.csv", language="en")
    assert header == HEADER
    assert line[header.index("explanation")].startswith("Nearer to ")
    assert line[header.index("is_set_by_hand")] == "no"


def test_a_header_is_the_seed_s_or_the_name_of_the_column(tmp_path: Path) -> None:
    connection = small_tables(
        export_headers=[
            {"column_name": "city_name", "header_fr": "Ville; ou =A1", "header_en": "x"}
        ]
    )
    for name in ("seed", "names"):
        (header,) = write(connection, tmp_path / name)
        french = ["Ville; ou =A1" if name == "city_name" else name for name in HEADER]
        assert header == (french if name == "seed" else HEADER)
        # An earlier publication has neither the seed nor every column.
        connection.execute("drop table if exists export_headers")
    connection.execute("alter table enterprise_segments drop segment_since")
    (header,) = write(connection, tmp_path / "fewer")
    assert header == [name for name in HEADER if name != "segment_since"]


def test_the_aggregate_tells_shown_cells_and_how_many_are_not(tmp_path: Path) -> None:
    cell = {"segment_key": "a", "segment_name_fr": "Â"}
    connection = small_tables(
        segments_by_city_and_family=[
            cell | {"cell_number": 2, "suppressed_cell_count": 3},
            cell
            | {"cell_number": 1, "city_name": "Nantes", "category_group": "=Sport"}
            | {"enterprise_count": 7, "suppressed_cell_count": 0},
        ]
    )
    path = tmp_path / "cells.csv"
    write_cells_csv(connection, path)
    _, *lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["Â;Nantes;'=Sport;7;0", "Â;;;;3"]


def test_an_object_per_client_holds_its_columns_and_recommendations(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "clients.json"
    for language in ("fr", "en"):
        write_clients_json(published, path, language=language)
        document = json.loads(path.read_bytes())
        clients = document["clients"]
        assert document["schema_version"] == SCHEMA_VERSION
        recommended = published.sql(
            "select enterprise_id, list({'recommendation_id': recommendation_id,"
            f" 'platform': platform, 'action': action_{language}, 'matched_on':"
            " matched_on} order by recommendation_rank)"
            " from enterprise_recommendations group by all"
        )
        assert len(recommended.fetchall()) > 400
        found = {client["enterprise_id"]: client["recommendations"]
                 for client in clients}  # fmt: skip
        assert found == dict(recommended.fetchall())
        columns = [name.format(language) for name in COLUMNS if name != "actions_{}"]
        mart = published.sql(
            "select * replace (segment_since::varchar as segment_since, turnover_eur"
            "::double as turnover_eur) from enterprise_segments order by enterprise_id"
        ).select(*columns)
        assert [
            tuple(client.values())[: len(columns)] for client in clients
        ] == mart.fetchall()
        assert [*clients[0]] == [n for n in HEADER if n != "actions"] + [
            "recommendations"
        ]
    write_clients_json(small_tables(), path, language="fr")
    assert json.loads(path.read_bytes())["clients"] == []


def written_json(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Any]:
    write_recommendations_json(connection, path)
    content = path.read_bytes()
    assert content.endswith(b"}\n")
    assert b"\r" not in content
    document = json.loads(content)
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)
    return document


def test_the_schema_is_closed_and_describes_every_property() -> None:
    for described in [SCHEMA, *SCHEMA["$defs"].values()]:
        assert described["additionalProperties"] is False
        assert set(described["required"]) == set(described["properties"])
        for name, definition in described["properties"].items():
            assert len(definition["description"]) > 10, name


def test_the_json_holds_every_recommendation_as_its_line_has_it(
    published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    document = written_json(published, tmp_path / "recommendations.json")
    assert [segment["segment_key"] for segment in document["segments"]] == [
        "low_visibility", "moderate_presence", "balanced_active", "facebook_leaders",
    ]  # fmt: skip
    lines = read_seed("recommendations")
    # Every segment of the study has lines of its own, and needs no starting set.
    seed = [
        line
        for line in lines
        if line["segment_key"] and line["segmentation"] == "visibility"
    ]
    found = {
        recommendation["recommendation_id"]: segment | recommendation
        for segment in document["segments"]
        for recommendation in segment.pop("recommendations")
    }
    assert len(found) == len(seed)
    for line in seed:
        key = line["recommendation_id"]
        recommendation = found[key]
        for name in recommendation.keys() & line.keys():
            text = line[name].format(agency="DIGNAMIK", channel="VieMaVille")
            value = recommendation[name]
            assert ("" if value is None else str(value)) == text
        assert (recommendation["platform_name"] is None) == (line["platform"] == "any")


def test_a_new_segment_is_listed_without_portrait_and_actions_and_history_is_not(
    tmp_path: Path,
) -> None:
    recommended = [
        ("z", "facebook", 1), ("y", "any", 2), ("x", "any", 1), ("w", "facebook", 3),
    ]  # fmt: skip
    new, gone, other = (
        make_segment(key, is_named_segment=False)
        for key in ("new_2_1", "gone", "other")
    )
    connection = small_tables(
        segment_overview=[
            *(new, gone, other | {"segmentation": "purchases", "member_count": 9}),
            make_segment("b", display_order=2),
            make_segment("a", display_order=3),
        ],
        enterprise_segments=[
            make_enterprise(f"e{i}", key)
            for i, key in enumerate(["new_2_1", "new_2_1", "a"])
        ],
        cluster_recommendations=[
            {"segment_key": "a", "recommendation_id": key, "platform": platform}
            | {"priority": priority, "action_fr": "Agir", "action_en": "Act"}
            for key, platform, priority in recommended
        ],
        enterprise_recommendations=[
            make_recommendation("e2", "z", "facebook", platform_name="Facebook")
        ],
    )
    path = tmp_path / "recommendations.json"
    nothing = {"schema_version": SCHEMA_VERSION, "segments": []}
    assert written_json(small_tables(), path) == nothing
    document = written_json(connection, path)
    segments = document["segments"]
    assert [(s["segment_key"], s["enterprise_count"]) for s in segments] == [
        ("b", 0), ("a", 1), ("new_2_1", 2),
    ]  # fmt: skip
    assert document["segments"][2]["profile_fr"] is None
    assert document["segments"][2]["recommendations"] == []
    assert [
        (r["recommendation_id"], r["platform_name"], r["enterprise_count"])
        for r in document["segments"][1]["recommendations"]
    ] == [("x", None, 0), ("y", None, 0), ("z", "Facebook", 1), ("w", "Facebook", 0)]
