"""Read what the page shows from the build database, as much as a page can hold."""

import base64
from collections import Counter
from collections.abc import Iterable
from typing import Any

from duckdb import DuckDBPyConnection

# Each segment has at least so many enterprises on the page, if it has them at all.
LEAST_PER_SEGMENT = 20
# So many general actions of a segment stand on its card.
CARD_ACTION_LIMIT = 4
# So many leading sectors and cities stand on a segment's card.
CARD_VALUE_LIMIT = 3

PLATFORMS = ("facebook", "instagram", "tiktok", "other")
# Shapes of matplotlib's markers in page.html; any other is drawn as a circle.
SHAPES = {
    "o": "circle",
    "s": "square",
    "^": "triangle-up",
    "v": "triangle-down",
    "<": "triangle-left",
    ">": "triangle-right",
    "D": "diamond",
    "P": "plus",
    "X": "cross",
    "p": "pentagon",
    "h": "hexagon",
    "*": "star",
}
ENTERPRISE_COLUMNS = (
    "id",
    "name",
    "city",
    "sector",
    "segment",
    "score",
    "level",
    "target",
    "followers",
    *(f"followers_{platform}" for platform in PLATFORMS),
    "is_set_by_hand",
    "explanation_fr",
    "explanation_en",
    "recommendations",
)


def read_segments(
    cursor: DuckDBPyConnection, *, relations: dict[str, str]
) -> list[dict[str, Any]]:
    """Read one card per segment that has a cluster or an enterprise today.

    Returns
    -------
    list of dict
        In display order, then by size, as in the charts: ``key``, ``colour``,
        ``shape``, texts by language (``name``, ``profile``, ``aim``),
        ``enterprise_count`` and ``set_by_hand_count`` of the enterprises placed in it,
        and of its cluster ``followers`` (rows of what, median, mean), ``top_sectors``,
        ``top_cities`` and ``actions``. A segment without a cluster has none of the
        latter.
    """
    rows = _fetch(
        cursor,
        f"""
        with sizes as (
            select
                segment_key,
                count(*) as enterprise_count,
                count(*) filter (where is_set_by_hand) as set_by_hand_count
            from {relations["clustered_enterprises"]}
            group by segment_key
        )
        select
            described.segment_key as key,
            described.segment_colour as colour,
            described.segment_marker as marker,
            described.segment_name_fr, described.segment_name_en,
            described.segment_profile_fr, described.segment_profile_en,
            described.segment_aim_fr, described.segment_aim_en,
            coalesce(sizes.enterprise_count, 0) as enterprise_count,
            coalesce(sizes.set_by_hand_count, 0) as set_by_hand_count,
            profiles.* exclude (segment_key, enterprise_count, segment_colour)
        from {relations["int_segments_described"]} as described
        left join sizes on described.segment_key = sizes.segment_key
        left join {relations["cluster_profiles"]} as profiles
            on described.segment_key = profiles.segment_key
        where profiles.segment_key is not null or sizes.segment_key is not null
        order by
            described.display_order nulls last,
            profiles.enterprise_count desc nulls last,
            described.segment_key
        """,
    )
    sectors = _read_top_values(
        cursor, relation=relations["cluster_category_mix"], value="category"
    )
    cities = _read_top_values(
        cursor, relation=relations["cluster_city_mix"], value="city"
    )
    actions = _read_general_actions(cursor, relations=relations)
    return [
        {
            "key": row["key"],
            "colour": row["colour"],
            "shape": SHAPES.get(row["marker"], "circle"),
            "name": _in_both(row["segment_name_fr"], row["segment_name_en"]),
            "profile": _in_both(row["segment_profile_fr"], row["segment_profile_en"]),
            "aim": _in_both(row["segment_aim_fr"], row["segment_aim_en"]),
            "enterprise_count": row["enterprise_count"],
            "set_by_hand_count": row["set_by_hand_count"],
            "followers": [
                (what, row[f"median_followers_{what}"], row[f"mean_followers_{what}"])
                for what in ("total", *PLATFORMS)
                if row["cluster_id"] is not None
            ],
            "top_sectors": sectors.get(row["key"], []),
            "top_cities": cities.get(row["key"], []),
            "actions": actions.get(row["key"], []),
        }
        for row in rows
    ]


def _read_top_values(
    cursor: DuckDBPyConnection, *, relation: str, value: str
) -> dict[str, list[tuple[str, float]]]:
    rows = _fetch(
        cursor,
        f"""
        select segment_key, {value}_name as value, cluster_share
        from {relation}
        where {value}_name is not null
        qualify row_number() over (partition by cluster_id order by {value}_rank)
            <= {CARD_VALUE_LIMIT}
        order by cluster_id, {value}_rank
        """,
    )
    tops: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        tops.setdefault(row["segment_key"], []).append(
            (row["value"], row["cluster_share"])
        )
    return tops


def _read_general_actions(
    cursor: DuckDBPyConnection, *, relations: dict[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Read the first actions that hold for all of a segment."""
    rows = _fetch(
        cursor,
        f"""
        select segment_key, platform, action_fr, action_en
        from {relations["cluster_recommendations"]}
        where category_name is null and category_group is null and city_name is null
        qualify row_number() over (
            partition by segment_key order by priority, platform, recommendation_id
        ) <= {CARD_ACTION_LIMIT}
        order by segment_key, priority, platform, recommendation_id
        """,
    )
    actions: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        actions.setdefault(row["segment_key"], []).append(
            {
                "platform": row["platform"],
                "action": _in_both(row["action_fr"], row["action_en"]),
            }
        )
    return actions


def read_platform_names(
    cursor: DuckDBPyConnection,
    *,
    relations: dict[str, str],
    any_platform: dict[str, str],
) -> dict[str, dict[str, str]]:
    """Read the names of the platforms, which are the same in both languages.

    Parameters
    ----------
    any_platform : dict of str to str
        What stands by language for recommendations that are of no platform.
    """
    rows = _fetch(
        cursor,
        "select platform, platform_name"
        f" from {relations['platforms']} order by platform",
    )
    names = {r["platform"]: _in_both(r["platform_name"], None) for r in rows}
    return names | {"any": any_platform}


def read_charts(
    cursor: DuckDBPyConnection, *, relations: dict[str, str]
) -> list[dict[str, Any]]:
    """Read every chart, its texts and its image (a data: address) by language."""
    rows = _fetch(
        cursor,
        "select chart_name, language, title, description, alternative_text, png"
        f" from {relations['chart_drawings']} order by position, chart_name, language",
    )
    charts: dict[str, dict[str, Any]] = {}
    for row in rows:
        image = base64.b64encode(row["png"]).decode("ascii")
        charts.setdefault(row["chart_name"], {})[row["language"]] = {
            "title": row["title"],
            "reading": row["description"],
            "alternative_text": row["alternative_text"],
            "address": f"data:image/png;base64,{image}",
        }
    return list(charts.values())


def read_clients(
    cursor: DuckDBPyConnection,
    *,
    relations: dict[str, str],
    segment_keys: list[str],
    enterprise_limit: int,
) -> dict[str, Any]:
    """Read the enterprises of the page's table, each text once.

    Beyond ``enterprise_limit`` a part of them is read: the first
    ``LEAST_PER_SEGMENT`` of every segment, then as many of each as is in proportion
    to its size. Within a segment those with the highest engagement score come first
    (unknown ones last), then those first by name, then by id.

    Returns
    -------
    dict
        ``columns`` and, by name, ``enterprises``: rows of these columns, in which
        ``city``, ``sector``, ``segment``, ``level`` and ``target`` are positions in
        the lists of these names, and ``recommendations`` one in
        ``recommendation_lists``, whose numbers are positions in ``recommendations``.
        Cities and sectors are listed by how many of the enterprises have them, the
        levels of engagement from the highest to the lowest and then ``unknown``.
    """
    rows = _fetch(
        cursor,
        f"""
        with ranked as (
            select
                enterprise_id,
                segment_key,
                row_number() over (
                    partition by segment_key
                    order by
                        engagement_score desc nulls last, enterprise_name, enterprise_id
                ) as place,
                count(*) over (partition by segment_key) as segment_size
            from {relations["clustered_enterprises"]}
        ),
        chosen as (
            select enterprise_id
            from ranked
            order by
                least(place, {LEAST_PER_SEGMENT + 1}),
                place / segment_size,
                segment_key,
                place
            limit {enterprise_limit}
        )
        select enterprises.*
        from {relations["clustered_enterprises"]} as enterprises
        inner join chosen on enterprises.enterprise_id = chosen.enterprise_id
        order by enterprises.enterprise_name, enterprises.enterprise_id
        """,
    )
    ids = [row["enterprise_id"] for row in rows]
    recommendations, lists = _read_recommendations(
        cursor, relations=relations, enterprise_ids=ids
    )
    levels = _fetch(
        cursor,
        f"""
        select
            engagement_level as key,
            max(engagement_level_fr) as name_fr,
            max(engagement_level_en) as name_en
        from {relations["clustered_enterprises"]}
        group by engagement_level
        order by max(engagement_score) desc nulls last, engagement_level
        """,
    )
    cities = _by_frequency(row["city_name"] for row in rows)
    sectors = _by_frequency(row["category_name"] for row in rows)
    targets = _by_frequency(row["target_platform"] for row in rows)
    distinct_lists = sorted({lists.get(id_, ()) for id_ in ids})
    positions = {
        "city": _positions(cities),
        "sector": _positions(sectors),
        "segment": _positions(segment_keys),
        "level": _positions(level["key"] for level in levels),
        "target": _positions(targets),
        "list": _positions(distinct_lists),
    }
    return {
        "columns": ENTERPRISE_COLUMNS,
        "cities": cities,
        "sectors": sectors,
        "levels": [
            {"key": level["key"], "name": _in_both(level["name_fr"], level["name_en"])}
            for level in levels
        ],
        "targets": targets,
        "recommendations": recommendations,
        "recommendation_lists": distinct_lists,
        "enterprises": [
            [
                row["enterprise_id"],
                row["enterprise_name"],
                positions["city"].get(row["city_name"]),
                positions["sector"].get(row["category_name"]),
                positions["segment"][row["segment_key"]],
                row["engagement_score"],
                positions["level"][row["engagement_level"]],
                positions["target"].get(row["target_platform"]),
                row["followers_total"],
                *(row[f"followers_{platform}"] for platform in PLATFORMS),
                int(row["is_set_by_hand"]),
                row["explanation_fr"],
                row["explanation_en"],
                positions["list"][lists.get(row["enterprise_id"], ())],
            ]
            for row in rows
        ],
    }


def _read_recommendations(
    cursor: DuckDBPyConnection, *, relations: dict[str, str], enterprise_ids: list[str]
) -> tuple[list[dict[str, Any]], dict[str, tuple[int, ...]]]:
    """Read the texts of what is recommended, and which of them to whom in what order.

    An enterprise's target platform comes first and what is of no platform last.
    """
    texts = _fetch(
        cursor,
        f"""
        select distinct recommendation_id, platform, matched_on, action_fr, action_en
        from {relations["enterprise_recommendations"]}
        where enterprise_id in (select unnest(?))
        order by recommendation_id
        """,
        [enterprise_ids],
    )
    position = _positions(row["recommendation_id"] for row in texts)
    given = _fetch(
        cursor,
        f"""
        select recommended.enterprise_id, recommended.recommendation_id
        from {relations["enterprise_recommendations"]} as recommended
        inner join {relations["clustered_enterprises"]} as enterprises
            on recommended.enterprise_id = enterprises.enterprise_id
        left join {relations["platforms"]} as platforms
            on recommended.platform = platforms.platform
        where recommended.enterprise_id in (select unnest(?))
        order by
            recommended.enterprise_id,
            platforms.platform_name is distinct from enterprises.target_platform,
            recommended.platform = 'any',
            platforms.platform_name,
            recommended.platform,
            recommended.recommendation_rank
        """,
        [enterprise_ids],
    )
    lists: dict[str, tuple[int, ...]] = {}
    for row in given:
        id_ = row["enterprise_id"]
        lists[id_] = (*lists.get(id_, ()), position[row["recommendation_id"]])
    recommendations = [
        {
            "platform": row["platform"],
            "matched_on": row["matched_on"],
            "action": _in_both(row["action_fr"], row["action_en"]),
        }
        for row in texts
    ]
    return recommendations, lists


def _fetch(
    cursor: DuckDBPyConnection, query: str, parameters: list[Any] | None = None
) -> list[dict[str, Any]]:
    answer = cursor.execute(query, parameters)
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def _in_both(french: str | None, english: str | None) -> dict[str, str] | None:
    """Give a text by language, the one for both where the other is missing."""
    if french is None and english is None:
        return None
    return {"fr": french or english, "en": english or french}


def _by_frequency(values: Iterable[str | None]) -> list[str]:
    counts = Counter(value for value in values if value is not None)
    return sorted(counts, key=lambda value: (-counts[value], value))


def _positions(values: Iterable[Any]) -> dict[Any, int]:
    return {value: position for position, value in enumerate(values)}
