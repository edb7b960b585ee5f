"""Tables that the page reads: small ones, and those of a built project."""

import struct
import zlib
from typing import Any

from dbt_project import DbtProject
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


def relations_of(connection: DuckDBPyConnection, project: DbtProject) -> dict[str, str]:
    """Attach a project's build database and name its tables."""
    database = project.folder / "build" / "segmentation.duckdb"
    connection.execute(f"attach '{database}' as built (read_only)")
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = 'built'"
    ).fetchall()
    relations = {name: f'built."{schema}"."{name}"' for schema, name in tables}
    return relations | _stand_ins(connection, relations)


def _stand_ins(
    connection: DuckDBPyConnection, relations: dict[str, str]
) -> dict[str, str]:
    """Make up the tables that the project does not build yet."""
    missing = COLUMNS.keys() - relations.keys()
    for table in missing:
        connection.execute(f"create table {table} ({COLUMNS[table]})")
    if "chart_drawings" in missing:
        for position, name in enumerate(("segment_sizes", "pca_map")):
            for language in ("fr", "en"):
                connection.execute(
                    "insert into chart_drawings values (?, ?, ?, ?, ?, ?, ?)",
                    [
                        name,
                        language,
                        position,
                        f"{name} {language}",
                        f"reading {name} {language}",
                        f"alternative {name} {language}",
                        make_image(red=40 * position),
                    ],
                )
    if "clustered_enterprises" in missing:
        connection.execute(
            f"""
            insert into clustered_enterprises by name
            with scored as (
                select
                    enterprises.*,
                    described.segment_name_fr,
                    described.segment_name_en,
                    described.segment_colour,
                    cast(round(least(100, 70 * ln(1 + followers_total) / ln(100001)
                        + 10 * (followers_facebook >= 100)::int
                        + 10 * (followers_instagram >= 100)::int
                        + 10 * (followers_tiktok >= 100)::int)) as integer)
                        as engagement_score,
                    (
                        select arg_min(platform_name, (priority, platform_name))
                        from {relations["enterprise_recommendations"]} as given
                        inner join {relations["platforms"]} using (platform)
                        where given.enterprise_id = enterprises.enterprise_id
                            and platform <> 'any'
                    ) as target_platform
                from {relations["enterprise_segments"]} as enterprises
                inner join {relations["int_segments_described"]} as described
                    using (segment_key)
            )
            select * exclude (
                    has_facebook_account, has_instagram_account, has_tiktok_account,
                    has_other_account, model_segment_key, override_reason,
                    distance_to_centroid, runner_up_segment_key, pca_x, pca_y
                ),
                case
                    when engagement_score is null then 'unknown'
                    when engagement_score < 40 then 'low'
                    when engagement_score < 60 then 'moderate'
                    when engagement_score < 80 then 'high'
                    else 'very_high'
                end as engagement_level,
                case engagement_level
                    {" ".join(f"when '{k}' then '{v[0]}'" for k, v in LEVELS.items())}
                end as engagement_level_fr,
                case engagement_level
                    {" ".join(f"when '{k}' then '{v[1]}'" for k, v in LEVELS.items())}
                end as engagement_level_en,
                null as actions_fr,
                null as actions_en
            from scored
            """
        )
    return {table: table for table in missing}
