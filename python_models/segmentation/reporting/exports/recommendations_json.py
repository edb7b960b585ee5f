"""Write the segments and what is recommended to each as JSON.

`assets/recommandations.schema.json` describes the file; raise ``SCHEMA_VERSION``
there and here when a field is renamed or removed.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

FILE_NAME = "recommandations.json"
SCHEMA_VERSION = 1


def write_recommendations_json(
    cursor: DuckDBPyConnection, path: Path, *, relations: Mapping[str, str]
) -> None:
    """Write the segments with their recommendations.

    Segments that the agency has named or that have an enterprise today, in display
    order, then by key; recommendations by platform, priority and key. A segment that
    is neither is history, and left out. The file ends with a line break and has
    neither clock nor fit in it: the same data give the same bytes.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the database that holds the tables.
    path : pathlib.Path
        The file to write; its folder exists.
    relations : mapping of str to str
        Qualified name of each table; ``int_segments_described``,
        ``clustered_enterprises``, ``recommendations``, ``platforms`` and
        ``enterprise_recommendations`` are read.
    """
    recommendations = defaultdict(list)
    for recommendation in _records(cursor, _recommendations_sql(relations)):
        segment_key = recommendation.pop("segment_key")
        recommendations[segment_key].append(recommendation)
    document = {
        "schema_version": SCHEMA_VERSION,
        "segments": [
            segment | {"recommendations": recommendations[segment["segment_key"]]}
            for segment in _records(cursor, _segments_sql(relations))
        ],
    }
    text = json.dumps(document, ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _segments_sql(relations: Mapping[str, str]) -> str:
    return f"""
        with enterprises_counted as (
            select segment_key, count(*) as enterprise_count
            from {relations["clustered_enterprises"]}
            group by segment_key
        )

        select
            segments.segment_key,
            segments.segment_name_fr,
            segments.segment_name_en,
            segments.segment_profile_fr as profile_fr,
            segments.segment_profile_en as profile_en,
            segments.segment_aim_fr as aim_fr,
            segments.segment_aim_en as aim_en,
            segments.segment_colour,
            coalesce(enterprises_counted.enterprise_count, 0) as enterprise_count
        from {relations["int_segments_described"]} as segments
        left join enterprises_counted
            on segments.segment_key = enterprises_counted.segment_key
        where segments.is_named_segment or enterprises_counted.enterprise_count > 0
        order by segments.display_order nulls last, segments.segment_key
    """


def _recommendations_sql(relations: Mapping[str, str]) -> str:
    return f"""
        with enterprises_reached as (
            select recommendation_id, count(*) as enterprise_count
            from {relations["enterprise_recommendations"]}
            group by recommendation_id
        )

        select
            recommendations.segment_key,
            recommendations.recommendation_id,
            recommendations.platform,
            case
                when recommendations.platform <> 'any' then platforms.platform_name
            end as platform_name,
            recommendations.priority,
            recommendations.category_name,
            recommendations.category_group,
            recommendations.city_name,
            recommendations.action_fr,
            recommendations.action_en,
            coalesce(enterprises_reached.enterprise_count, 0) as enterprise_count
        from {relations["recommendations"]} as recommendations
        left join {relations["platforms"]} as platforms
            on recommendations.platform = platforms.platform
        left join enterprises_reached
            on
                recommendations.recommendation_id
                = enterprises_reached.recommendation_id
        order by
            recommendations.platform,
            recommendations.priority,
            recommendations.recommendation_id
    """


def _records(cursor: DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    relation = cursor.sql(query)
    columns = relation.columns
    return [dict(zip(columns, row, strict=True)) for row in relation.fetchall()]
