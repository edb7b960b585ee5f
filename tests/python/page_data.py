"""Tables that the page reads: small ones, and those of a built project."""

import struct
import zlib
from typing import Any

from duckdb import DuckDBPyConnection

COLUMNS = {
    "chart_drawings": "chart_name varchar, language varchar, position integer,"
    " title varchar, description varchar, alternative_text varchar, png blob",
    "cluster_category_mix": "cluster_id integer, segment_key varchar,"
    " category_name varchar, cluster_share double, category_rank bigint",
    "cluster_city_mix": "cluster_id integer, segment_key varchar, city_name varchar,"
    " cluster_share double, city_rank bigint",
    "cluster_profiles": "cluster_id integer, segment_key varchar,"
    " segment_colour varchar, enterprise_count bigint,"
    " median_followers_total double, mean_followers_total double,"
    " median_followers_facebook double, mean_followers_facebook double,"
    " median_followers_instagram double, mean_followers_instagram double,"
    " median_followers_tiktok double, mean_followers_tiktok double,"
    " median_followers_other double, mean_followers_other double",
    "cluster_recommendations": "segment_key varchar, recommendation_id varchar,"
    " priority integer, platform varchar, category_name varchar,"
    " category_group varchar, city_name varchar, action_fr varchar, action_en varchar",
    "clustered_enterprises": "enterprise_id varchar, enterprise_name varchar,"
    " category_name varchar, category_group varchar, city_name varchar,"
    " segment_key varchar, segment_name varchar, segment_name_fr varchar,"
    " segment_name_en varchar, segment_colour varchar, cluster_id integer,"
    " followers_facebook bigint, followers_instagram bigint, followers_tiktok bigint,"
    " followers_other bigint, followers_total bigint, turnover_eur double,"
    " engagement_score integer, engagement_level varchar,"
    " engagement_level_fr varchar, engagement_level_en varchar,"
    " target_platform varchar, actions_fr varchar, actions_en varchar,"
    " explanation_fr varchar, explanation_en varchar, is_set_by_hand boolean,"
    " assignment_margin double",
    "enterprise_recommendations": "enterprise_id varchar, recommendation_id varchar,"
    " platform varchar, action_fr varchar, action_en varchar, matched_on varchar,"
    " recommendation_rank bigint",
    "int_segments_described": "segment_key varchar, segment_name_fr varchar,"
    " segment_name_en varchar, segment_profile_fr varchar, segment_profile_en varchar,"
    " segment_aim_fr varchar, segment_aim_en varchar, display_order integer,"
    " segment_colour varchar, segment_marker varchar",
    "platforms": "platform varchar, platform_name varchar",
}
LEVELS = {
    "very_high": ("très élevé", "very high"),
    "high": ("élevé", "high"),
    "moderate": ("moyen", "moderate"),
    "low": ("faible", "low"),
    "unknown": ("inconnu", "unknown"),
}


def make_tables(
    connection: DuckDBPyConnection, tables: dict[str, list[dict[str, Any]]]
) -> dict[str, str]:
    """Create every table that the page reads, with the rows given or empty."""
    for table, columns in COLUMNS.items():
        connection.execute(f"create or replace table {table} ({columns})")
        for row in tables.get(table, []):
            connection.execute(
                f"insert into {table} ({', '.join(row)})"
                f" values ({', '.join('?' for _ in row)})",
                list(row.values()),
            )
    return {table: table for table in COLUMNS}


def make_segment(key: str, **values: Any) -> dict[str, Any]:
    """Make a row of int_segments_described."""
    return {
        "segment_key": key,
        "segment_name_fr": f"{key} en français",
        "segment_name_en": f"{key} in English",
        "segment_colour": "#0072B2",
        "segment_marker": "s",
    } | values


def make_enterprise(id_: str, segment_key: str, **values: Any) -> dict[str, Any]:
    """Make a row of clustered_enterprises with as little as it may have."""
    values = {"engagement_level": "unknown", "is_set_by_hand": False} | values
    french, english = LEVELS[values["engagement_level"]]
    return {
        "enterprise_id": id_,
        "segment_key": segment_key,
        "engagement_level_fr": french,
        "engagement_level_en": english,
    } | values


def make_image(*, red: int) -> bytes:
    """Make a PNG of one pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + checksum.to_bytes(4)

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes([0, red, 0, 0])))
        + chunk(b"IEND", b"")
    )
