"""Published tables with a few rows: what page, exports and summary are made from."""

import json
from io import BytesIO
from itertools import groupby
from typing import Any

import yaml
from duckdb import DuckDBPyConnection
from PIL import Image
from project_copies import CHECKOUT

TABLES = (
    *("account_activity", "account_cluster_profiles", "account_recommendations"),
    *("account_segments", "segment_top_products", "segmentation_crossings"),
    *("charts", "cluster_count_evaluation", "cluster_measures", "cluster_mix"),
    *("cluster_recommendations", "enterprise_changes", "enterprise_recommendations"),
    *("enterprise_segments", "model_freshness", "rejected_rows", "segment_changes"),
    *("segment_events", "segment_overview", "segment_sizes_over_time"),
    *("segmentation_fits", "segments_by_city_and_family"),
)


def read_contracts() -> dict[str, str]:
    """Give the columns of the published tables with their types, as SQL has them."""
    published = [
        model
        for folder in ("marts", "engine/published")
        for path in (CHECKOUT / "models" / folder).glob("*__models.yml")
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]
    ]
    return {
        model["name"]: ", ".join(
            f"{c['name']} {c['data_type']}" for c in model["columns"]
        )
        for model in published
        if model["name"] in TABLES
    }


# A Python model and a seed have no contract.
COLUMNS = read_contracts() | {
    "chart_drawings": "segmentation string, chart_name string, language string,"
    " position integer, title string, description string, alternative_text string,"
    " png blob",
    "cities": "city_name string, latitude double, longitude double",
    "export_headers": "column_name string, header_fr string, header_en string",
    "measure_texts": "segmentation string, name string, label_fr string,"
    " label_en string",
}
VISIBILITY = {
    "members": "enterprise_segments",
    "key": "enterprise_id",
    "measures": ["followers_total", "turnover_eur"],
    "dimensions": ["category_name", "city_name"],
}
LEVELS = {
    "very_high": ("très élevé", "very high"),
    "high": ("élevé", "high"),
    "moderate": ("moyen", "moderate"),
    "low": ("faible", "low"),
    "unknown": ("inconnu", "unknown"),
}


def make_tables(
    connection: DuckDBPyConnection,
    tables: dict[str, list[dict[str, Any]]],
    *,
    segmentations: dict[str, dict[str, Any]] | None = None,
) -> None:
    """Create every published table, with the rows given or empty.

    A row is of `visibility` and its segment has as many members as there are, unless
    it says otherwise.
    """
    for table, columns in COLUMNS.items():
        connection.execute(f"create or replace table {table} ({columns})")
        of_ours = columns.startswith("segmentation ")
        for names, rows in groupby(tables.get(table, []), key=list):
            ours = ["segmentation"] * (of_ours and "segmentation" not in names)
            connection.executemany(
                f"insert into {table} ({', '.join([*ours, *names])})"
                f" values ({', '.join('?' for _ in [*ours, *names])})",
                [["visibility"] * len(ours) + list(row.values()) for row in rows],
            )
    connection.execute(
        "update segment_overview set member_count = coalesce(member_count, (select"
        " count(*) from enterprise_segments as members where members.segment_key ="
        " segment_overview.segment_key and segmentation = 'visibility'))"
    )
    connection.execute(
        "create or replace table publication as select ? as segmentations, 'ours' as"
        " data_set, 'files' as raw_source, timestamp '2026-11-01' as published_at",
        [json.dumps({"visibility": VISIBILITY} | (segmentations or {}))],
    )


def make_segment(key: str, **values: Any) -> dict[str, Any]:
    return {
        "segment_key": key,
        "segment_name_fr": f"{key} en français",
        "segment_name_en": f"{key} in English",
        "segment_colour": "#0072B2",
        "segment_marker": "s",
        "is_named_segment": True,
    } | values


def make_enterprise(id_: str, segment_key: str, **values: Any) -> dict[str, Any]:
    """Make a row of enterprise_segments with as little as it may have."""
    values = {"engagement_level": "unknown", "is_set_by_hand": False} | values
    french, english = LEVELS[values["engagement_level"]]
    return {
        "enterprise_id": id_,
        "segment_key": segment_key,
        "model_segment_key": segment_key,
        "engagement_level_fr": french,
        "engagement_level_en": english,
    } | values


def make_recommendation(
    enterprise_id: str, recommendation_id: str, platform: str, **values: Any
) -> dict[str, Any]:
    return {
        "enterprise_id": enterprise_id,
        "recommendation_id": recommendation_id,
        "platform": platform,
        "action_fr": recommendation_id,
        "action_en": recommendation_id,
        "matched_on": "segment",
        "recommendation_rank": 1,
    } | values


def make_chart(name: str, language: str, **values: Any) -> dict[str, Any]:
    return {
        "chart_name": name,
        "language": language,
        "position": 1,
        "title": f"{name} {language}",
        "description": "reading",
        "alternative_text": f"alternative {name} {language}",
        "png": make_image(red=1),
    } | values


def make_image(*, red: int) -> bytes:
    """Make a PNG of one pixel."""
    file = BytesIO()
    Image.new("RGB", (1, 1), (red, 0, 0)).save(file, "PNG")
    return file.getvalue()
