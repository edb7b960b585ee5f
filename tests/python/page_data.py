"""Published tables with a few rows: what page, exports and summary are made from."""

import json
from io import BytesIO
from typing import Any

from duckdb import DuckDBPyConnection
from PIL import Image

COLUMNS = {
    "chart_drawings": "segmentation string, chart_name string, language string,"
    " position integer, title string, description string, alternative_text string,"
    " png blob",
    "charts": "segmentation string, chart_name string, png blob",
    "cluster_count_evaluation": "segmentation string, cluster_count integer,"
    " is_selected boolean, is_advised boolean, verdict string",
    "cluster_measures": "segmentation string, cluster_id integer, segment_key string,"
    " measure string, mean_value double, median_value double",
    "cluster_mix": "segmentation string, cluster_id integer, segment_key string,"
    " dimension string, dimension_value string, cluster_share double,"
    " value_rank bigint",
    "cluster_recommendations": "segmentation string, segment_key string,"
    " recommendation_id string, priority integer, platform string,"
    " category_name string, category_group string, city_name string,"
    " action_fr string, action_en string",
    "enterprise_recommendations": "enterprise_id string, recommendation_id string,"
    " platform string, platform_name string, action_fr string, action_en string,"
    " matched_on string, recommendation_rank bigint",
    "enterprise_segments": "enterprise_id string, enterprise_name string,"
    " category_name string, category_group string, city_name string,"
    " followers_facebook bigint, followers_instagram bigint, followers_tiktok bigint,"
    " followers_other bigint, followers_total bigint, turnover_eur decimal(18, 2),"
    " segment_key string, model_segment_key string, segment_name_fr string,"
    " segment_name_en string, engagement_score integer, engagement_level string,"
    " engagement_level_fr string, engagement_level_en string, target_platform string,"
    " actions_fr string, actions_en string, explanation_fr string,"
    " explanation_en string, is_set_by_hand boolean, assignment_margin double",
    "measure_texts": "segmentation string, name string, label_fr string,"
    " label_en string",
    "model_freshness": "segmentation string, fit_id integer, fitted_at timestamp,"
    " model_age_days double, agreement_with_refit double, refit_policy string,"
    " refit_after_days double, refit_below_ari double",
    "rejected_rows": "raw_table string, is_whole_row boolean, reason string",
    "segment_changes": "segmentation string, member_id string, changed_at timestamp,"
    " cause string",
    "segment_events": "segmentation string, fit_id integer, segment_key string,"
    " event_type string, related_segment_key string, related_member_count bigint",
    "segment_overview": "segmentation string, segment_key string, cluster_id integer,"
    " segment_name_fr string, segment_name_en string, segment_profile_fr string,"
    " segment_profile_en string, segment_aim_fr string, segment_aim_en string,"
    " display_order integer, is_named_segment boolean, segment_colour string,"
    " segment_marker string, model_member_count bigint, member_count bigint",
    "segmentation_fits": "segmentation string, fit_id integer, fitted_at timestamp,"
    " reason string",
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
        for row in tables.get(table, []):
            if columns.startswith("segmentation "):
                row = {"segmentation": "visibility"} | row
            connection.execute(
                f"insert into {table} ({', '.join(row)})"
                f" values ({', '.join('?' for _ in row)})",
                list(row.values()),
            )
    connection.execute(
        "update segment_overview set member_count = coalesce(member_count, (select"
        " count(*) from enterprise_segments as members where members.segment_key ="
        " segment_overview.segment_key and segmentation = 'visibility'))"
    )
    connection.execute(
        "create or replace table publication as select ? as segmentations",
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
