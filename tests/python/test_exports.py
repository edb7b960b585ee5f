"""The CSV and the JSON hold what the marts hold, in a form that does no harm."""

import csv
import io
import json
import random
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest
from conftest import CHECKOUT
from dbt_project import DbtProject
from segmentation.reporting.exports.enterprises_csv import (
    harmless_text,
    write_enterprises_csv,
)
from segmentation.reporting.exports.recommendations_json import (
    SCHEMA_VERSION,
    write_recommendations_json,
)

SCHEMA = json.loads((CHECKOUT / "assets" / "recommandations.schema.json").read_text())
HEADER = [
    "enterprise_id", "enterprise_name", "category_name", "category_group", "city_name",
    "segment_key", "segment_name", "followers_facebook", "followers_instagram",
    "followers_tiktok", "followers_other", "followers_total", "turnover_eur",
    "engagement_score", "engagement_level", "target_platform", "actions",
    "explanation", "is_set_by_hand", "assignment_margin",
]  # fmt: skip


@pytest.fixture(scope="module")
def build_database(built: DbtProject) -> duckdb.DuckDBPyConnection:
    path = built.folder / "build" / "segmentation.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def all_relations(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    tables = connection.sql("select schema_name, table_name from duckdb_tables()")
    return {name: f"{schema}.{name}" for schema, name in tables.fetchall()}


def small_table(rows: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """Make a database whose clustered_enterprises has some of the mart's columns."""
    connection = duckdb.connect()
    connection.execute(
        "create table clustered_enterprises (enterprise_id varchar,"
        " enterprise_name varchar, segment_key varchar, segment_name varchar,"
        " segment_name_fr varchar, segment_name_en varchar, segment_colour varchar,"
        " cluster_id integer, followers_total bigint, turnover_eur decimal(18, 2),"
        " is_set_by_hand boolean, assignment_margin double)"
    )
    if rows:
        names = list(rows[0])
        connection.executemany(
            f"insert into clustered_enterprises ({', '.join(names)})"
            f" values ({', '.join('?' * len(names))})",
            [list(row.values()) for row in rows],
        )
    return connection


def write(
    connection: duckdb.DuckDBPyConnection, path: Path, **options: str
) -> list[list[str]]:
    """Write the CSV, check its bytes and read it back with Python's reader."""
    relations = all_relations(connection)
    write_enterprises_csv(connection, path, relations=relations, **options)
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.endswith(b"\r\n")
    assert content.count(b"\r") == content.count(b"\n") == content.count(b"\r\n")
    text = content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True))


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+33 2 41 00 00 00",
        "-10 % chez Léa",
        "@home",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20home",
        "\ufe661",
        "  =1+1",
        "\u00a0=1+1",
        "\ufeff=1+1",
        "\u200b=1+1",
        "\t=1+1",
        "\r\n=cmd|' /C calc'!A0",
        "\x00=1",
    ],
)
def test_what_a_spreadsheet_would_run_is_text_behind_an_apostrophe(value: str) -> None:
    written = harmless_text(value)
    assert written.startswith("'")
    assert written.lstrip("' \u00a0\ufeff\u200b") == value.lstrip(
        " \u00a0\ufeff\u200b\t\r\n\x00"
    )


@pytest.mark.parametrize(
    "value", ["", " ", "Léa = Luc", "L'été", "'=1", "1+1", "a-b", "¡ole!", "\u200b"]
)
def test_a_harmless_text_is_written_as_it_is(value: str) -> None:
    assert harmless_text(value) == value


def test_a_text_stays_on_one_line_without_control_characters() -> None:
    assert (
        harmless_text("Le Bon\r\nPain\t\x0b\x1b\x85\u2028chaud") == "Le Bon Pain chaud"
    )


def test_no_name_breaks_the_file_or_reaches_a_spreadsheet_as_a_formula(
    tmp_path: Path,
) -> None:
    chance = random.Random(7)
    alphabet = (
        "ab é;\"',=+-@\uff1d\uff20\t\r\n\x00\\|œ\u00a0\u202f\u2028\ufeff\u200b€😀"
    )
    names = [
        "".join(chance.choices(alphabet, k=chance.randint(0, 8))) for _ in range(3000)
    ]
    rows = [
        {"enterprise_id": f"{i:04}", "enterprise_name": name}
        for i, name in enumerate(names)
    ]
    path = tmp_path / "enterprises.csv"
    header, *lines = write(small_table(rows), path)
    assert path.read_bytes().count(b"\r\n") == len(names) + 1
    column = header.index("enterprise_name")
    written = [line[column] for line in lines]

    # Nothing but line breaks, control characters and the apostrophe has changed.
    def bare(text: str) -> str:
        return re.sub(r"[\x00-\x1f\x85\u2028 ]+", " ", text)

    for name, text in zip(names, written, strict=True):
        assert bare(text) in (bare(name), "'" + bare(name))
        assert not re.match(r"[\s\ufeff\u200b]*[=+\-@\uff1d\uff20]", text)
    assert sum(text.startswith("'") for text in written) > 500

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
    header, line = write(small_table([row]), tmp_path / "enterprises.csv")
    assert dict(zip(header, line, strict=True)) == {
        "enterprise_id": "A",
        "enterprise_name": "",
        "segment_key": "",
        "segment_name": "",
        "followers_total": "-3",
        "turnover_eur": "-1234567,80",
        "is_set_by_hand": "oui",
        "assignment_margin": "0,1235",
    }


def test_rows_are_ordered_by_key_and_the_same_data_give_the_same_bytes(
    tmp_path: Path,
) -> None:
    for name in ("a", "b"):
        shuffled = small_table([])
        shuffled.execute(
            "insert into clustered_enterprises (enterprise_id, followers_total)"
            f" select format('{{:05}}', i), i from range(25_000) as numbers (i)"
            f" order by md5('{name}' || i)"
        )
        _, *lines = write(shuffled, tmp_path / name)
        assert [line[0] for line in lines] == [f"{i:05}" for i in range(25_000)]
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_base_without_a_client_gives_a_header(tmp_path: Path) -> None:
    header, *lines = write(small_table([]), tmp_path / "enterprises.csv")
    assert header[0] == "enterprise_id"
    assert lines == []


def test_the_csv_holds_what_the_mart_holds(
    build_database: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    path = tmp_path / "enterprises.csv"
    header, *lines = write(build_database, path)
    assert header == HEADER
    mart = build_database.sql(
        "select * replace (engagement_level_fr as engagement_level), actions_fr as"
        " actions, explanation_fr as explanation from marts.clustered_enterprises"
        " order by enterprise_id"
    ).select(*HEADER)
    assert mart.columns == HEADER
    assert len(lines) == 421
    for line, row in zip(lines, mart.fetchall(), strict=True):
        for name, text, value in zip(HEADER, line, row, strict=True):
            match value:
                case None:
                    assert text == "", name
                case bool():
                    assert text == ("oui" if value else "non")
                case float():
                    assert float(text.replace(",", ".")) == pytest.approx(
                        value, abs=5e-5
                    )
                case Decimal():
                    assert Decimal(text.replace(",", ".")) == value
                case int():
                    assert int(text) == value
                case _:
                    assert text == value

    # A database reads the dialect as well, types included.
    figures = (
        "enterprise_id, enterprise_name, followers_total,"
        " cast(turnover_eur as decimal(18, 2)) as turnover_eur, engagement_score"
    )
    read = duckdb.sql(
        f"select {figures} from read_csv('{path}', delim=';', decimal_separator=',',"
        " header=true) order by enterprise_id"
    )
    published = build_database.sql(
        f"select {figures} from marts.clustered_enterprises order by enterprise_id"
    )
    assert read.fetchall() == published.fetchall()


def test_the_csv_can_be_in_english(
    build_database: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    header, line, *_ = write(build_database, tmp_path / "a.csv", language="en")
    assert header == HEADER
    assert line[header.index("explanation")].startswith("Nearer to ")
    assert line[header.index("is_set_by_hand")] == "no"


def test_the_engagement_levels_part_the_demonstration_data_as_their_seed_says(
    build_database: duckdb.DuckDBPyConnection,
) -> None:
    levels = build_database.sql(
        "select engagement_level, count(*), min(engagement_score),"
        " max(engagement_score), max(followers_total), min(least(followers_facebook,"
        " followers_instagram)) from marts.clustered_enterprises group by all"
    ).fetchall()
    found = {level: rest for level, *rest in levels}
    assert {level: rest[0] for level, rest in found.items()} == {
        "unknown": 24, "low": 39, "moderate": 164, "high": 191, "very_high": 3,
    }  # fmt: skip
    assert found["low"][3] < 150
    assert found["high"][4] >= 100
    assert found["high"][2] < 75
    assert found["very_high"][1] > 85


def written_json(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, Any]:
    write_recommendations_json(connection, path, relations=all_relations(connection))
    content = path.read_bytes()
    assert content.endswith(b"}\n")
    assert b"\r" not in content
    document = json.loads(content)
    jsonschema.validate(document, SCHEMA, cls=jsonschema.Draft202012Validator)
    return document


def described_objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, *schema["$defs"].values()]


def test_the_schema_is_valid_closed_and_describes_every_property() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION
    for described in described_objects(SCHEMA):
        assert described["additionalProperties"] is False
        assert set(described["required"]) == set(described["properties"])
        for name, definition in described["properties"].items():
            assert len(definition["description"]) > 10, name


def test_the_schema_refuses_what_is_missing_or_unknown() -> None:
    for document in (
        {"segments": []},
        {"schema_version": 2, "segments": []},
        {"schema_version": 1, "segments": [], "more": 1},
        {"schema_version": 1, "segments": [{"segment_key": "a"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(document, SCHEMA)


def test_the_json_holds_every_recommendation_and_whom_it_reaches(
    build_database: duckdb.DuckDBPyConnection, built: DbtProject, tmp_path: Path
) -> None:
    document = written_json(build_database, tmp_path / "recommendations.json")
    assert [segment["segment_key"] for segment in document["segments"]] == [
        "low_visibility", "moderate_presence", "balanced_active", "facebook_leaders",
    ]  # fmt: skip
    sizes = Counter(
        key for (key,) in built.rows("select segment_key from clustered_enterprises")
    )
    assert {
        segment["segment_key"]: segment["enterprise_count"]
        for segment in document["segments"]
    } == sizes
    reached = Counter(
        key
        for (key,) in built.rows(
            "select recommendation_id from enterprise_recommendations"
        )
    )
    with (CHECKOUT / "seeds" / "reference" / "recommendations.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        seed = list(csv.DictReader(file))
    found = {
        recommendation["recommendation_id"]: recommendation
        | {"segment_key": segment["segment_key"]}
        for segment in document["segments"]
        for recommendation in segment["recommendations"]
    }
    assert len(found) == len(seed)
    for line in seed:
        recommendation = found[line["recommendation_id"]]
        for name, text in line.items():
            value = recommendation[name]
            assert ("" if value is None else str(value)) == text
        assert recommendation["enterprise_count"] == reached[line["recommendation_id"]]
        assert (recommendation["platform_name"] is None) == (line["platform"] == "any")


def segments_database(
    *, segments: list[tuple], enterprises: list[str], recommendations: list[tuple]
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(
        """
        create table int_segments_described (segment_key varchar,
            segment_name_fr varchar, segment_name_en varchar,
            segment_profile_fr varchar, segment_profile_en varchar,
            segment_aim_fr varchar, segment_aim_en varchar, segment_colour varchar,
            display_order integer, is_named_segment boolean);
        create table clustered_enterprises (segment_key varchar);
        create table recommendations (recommendation_id varchar, segment_key varchar,
            category_name varchar, category_group varchar, city_name varchar,
            platform varchar, priority integer, action_fr varchar, action_en varchar);
        create table platforms (platform varchar, platform_name varchar);
        create table enterprise_recommendations (recommendation_id varchar);
        insert into platforms values ('any', 'Any platform'), ('facebook', 'Facebook');
        """
    )
    for key, order, is_named in segments:
        connection.execute(
            "insert into int_segments_described values (?, 'Né', 'Born', null, null,"
            " null, null, '#0072B2', ?, ?)",
            [key, order, is_named],
        )
    for key in enterprises:
        connection.execute("insert into clustered_enterprises values (?)", [key])
    for key, segment, platform, priority in recommendations:
        connection.execute(
            "insert into recommendations values (?, ?, null, null, null, ?, ?, 'Agir',"
            " 'Act')",
            [key, segment, platform, priority],
        )
    return connection


def test_a_new_segment_is_listed_without_portrait_and_actions_and_history_is_not(
    tmp_path: Path,
) -> None:
    database = segments_database(
        segments=[("new_2_1", None, False), ("gone", None, False), ("b", 2, True),
                  ("a", 3, True)],
        enterprises=["new_2_1", "new_2_1", "a"],
        recommendations=[("z", "a", "facebook", 1), ("y", "a", "any", 2),
                         ("x", "a", "any", 1)],
    )  # fmt: skip
    document = written_json(database, tmp_path / "recommendations.json")
    assert [
        (segment["segment_key"], segment["enterprise_count"])
        for segment in document["segments"]
    ] == [("b", 0), ("a", 1), ("new_2_1", 2)]
    assert document["segments"][2]["profile_fr"] is None
    assert document["segments"][2]["recommendations"] == []
    assert [
        (recommendation["recommendation_id"], recommendation["platform_name"])
        for recommendation in document["segments"][1]["recommendations"]
    ] == [("x", None), ("y", None), ("z", "Facebook")]


def test_without_any_segment_the_json_is_valid_and_empty(tmp_path: Path) -> None:
    database = segments_database(segments=[], enterprises=[], recommendations=[])
    document = written_json(database, tmp_path / "recommendations.json")
    assert document == {"schema_version": SCHEMA_VERSION, "segments": []}
