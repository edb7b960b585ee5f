"""Write the page for account managers as one file that needs nothing else."""

import base64
import csv
import hashlib
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from segmentation.reporting.names import in_one_case
from segmentation.reporting.page.city_map import lay_out_cities
from segmentation.sql_text import fetch_dicts, quoted
from segmentation.written_numbers import write_number, write_share

LANGUAGES = ("fr", "en")
# The segmentation that the page opens with.
MAIN_SEGMENTATION = "visibility"
# Of segmentations whose members have a table on the page: the word for a member, which
# is in the keys of texts, and the filters and columns of the table.
_LISTS = {
    "visibility": {
        "word": "client",
        "filters": ("city", "sector", "segment", "level"),
        "columns": ("name", "city", "sector", "segment", "segment_since", "audience",
                    "followers", "growth", "priority"),
    },
    "purchases": {
        "word": "account",
        "filters": ("country", "segment", "rfm", "activity"),
        "columns": ("name", "country", "segment", "segment_since", "rfm", "activity",
                    "last_sold_on", "sales"),
    },
}  # fmt: skip
# What a publication may not have: such columns of tables are left out, as are those
# that nobody has a value of.
_OPTIONAL = {
    "segment_since": "segment_since",
    "previous_segment_key": "previous_segment",
    "follower_growth_per_30_days": "growth",
    "follower_growth_share_per_30_days": "growth_share",
    "followers_rank_in_category_and_city": "followers_rank",
    "followers_ranked_in_category_and_city": "followers_ranked",
    "growth_rank_in_category_and_city": "growth_rank",
    "growth_ranked_in_category_and_city": "growth_ranked",
    "priority_score": "priority",
    "priority_reason_fr": "priority_fr",
    "priority_reason_en": "priority_en",
}
# Charts for those who evaluate the model, not for account managers.
_EVALUATION_CHARTS = ("cluster_counts", "refit_cadence")
# At most so many of the members that entered, left or moved are named.
_NAMED_CHANGES = 20
# At most so many members are in a table, which browsers filter while one types.
PAGE_ENTERPRISE_LIMIT = 5_000
# Each segment has at least so many members in a table, if it has them at all.
LEAST_PER_SEGMENT = 20
# A product is bought more or less than on average beyond these lifts.
_LEAST_LIFT, _MOST_LIFT = 0.8, 1.2
# matplotlib's markers in the order of the shapes of page.html; others are circles.
_MARKERS = "os^v<>DPXph*"
_FOLDER = Path(__file__).parent
# It escapes all but what a template calls safe, and compiles a template once.
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER, encoding="utf-8"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)

# A text by language, the one for both where the other is missing.
_IN_BOTH = """
create or replace temp macro in_both(french, english) as case
    when coalesce(french, english) is not null then {
        'fr': coalesce(french, english), 'en': coalesce(english, french)
    }
end
"""
# One card per segment that has a cluster or a member today, in the order of the charts.
_SEGMENTS = """
with texts as (
    select name, label_fr, label_en from measure_texts where segmentation = $name
),
measured as (
    select segment_key, list({
        'label': in_both(coalesce(label_fr, label_en, measure), label_en),
        'median': median_value, 'mean': mean_value
    } order by list_position($measures, measure)) as measures
    from cluster_measures left join texts on measure = texts.name
    where segmentation = $name group by segment_key
),
frequent as (
    select segment_key, dimension,
        list({'name': dimension_value, 'share': cluster_share} order by value_rank)
            filter (where dimension_value is not null)[:3] as leaders,
        max(cluster_share) filter (where dimension_value is null) as unknown_share
    from cluster_mix where segmentation = $name and dimension in $dimensions
    group by segment_key, dimension
),
topped as (
    select segment_key, list({
        'label': in_both(coalesce(label_fr, label_en, dimension), label_en),
        'leaders': coalesce(leaders, []), 'unknown_share': unknown_share
    } order by list_position($dimensions, dimension)) as tops
    from frequent left join texts on dimension = texts.name group by segment_key
),
recommended as (
    select segment_key, list({
        'platform': platform, 'action': in_both(action_fr, action_en)
    } order by priority, platform, recommendation_id)[:4] as actions
    from cluster_recommendations where segmentation = $name
        and coalesce(category_name, category_group, city_name) is null
    group by segment_key
),
set_by_hand as (
    select segment_key, count(*) as set_by_hand_count
    from query_table($members) where is_set_by_hand group by segment_key
)
select segment_key as key, segment_colour as colour, segment_marker as marker,
    in_both(segment_name_fr, segment_name_en) as name,
    in_both(segment_profile_fr, segment_profile_en) as profile,
    in_both(segment_aim_fr, segment_aim_en) as aim,
    member_count, set_by_hand_count, measures, tops, actions
from segment_overview
    left join set_by_hand using (segment_key) left join measured using (segment_key)
    left join topped using (segment_key) left join recommended using (segment_key)
where segmentation = $name and (cluster_id is not null or member_count > 0)
order by display_order nulls last, cluster_id is null, model_member_count desc,
    segment_key
"""
# Every segment that there is or was.
_NAMES = """
select segment_key, in_both(segment_name_fr, segment_name_en) as name
from segment_overview where segmentation = $1 order by segment_key
"""
_LABEL = """
select in_both(label_fr, label_en) from measure_texts
where segmentation = $1 and name = $1
"""
_CHARTS = """
select *, to_base64(png) as image from chart_drawings
where segmentation = $1 and chart_name not in $2
order by position, chart_name, language
"""
_PUBLICATION = (
    "select data_set, raw_source, published_at, segmentations from publication"
)
# The changes that came with this publication: by cause, and the first of them, those
# that moved before those that left or entered.
_CHANGE_COUNTS = """
select cause, count(*) as change_count from segment_changes
where segmentation = $1 and changed_at = (select published_at from publication)
group by cause
order by list_position(['member_changed', 'data_missing', 'model_changed',
    'set_by_hand', 'gone', 'new'], cause)
"""
_CHANGES = """
with names as ({names})
select coalesce({name}, member_id) as member, changes.cause,
    in_both(told.cause_fr, told.cause_en) as why,
    before.name as from_segment, today.name as to_segment
from segment_changes as changes
    left join {members} as members on members.{key} = member_id
    left join {told} as told on $1 = 'visibility' and told.enterprise_id = member_id
        and told.change_number = changes.change_number
    left join names as before on before.segment_key = changes.from_segment_key
    left join names as today on today.segment_key = changes.to_segment_key
where segmentation = $1
    and changes.changed_at = (select published_at from publication)
order by changes.cause = 'new', changes.cause = 'gone', member, member_id limit $2
"""
_PUBLISHED_BEFORE = """
select max(previous_published_at) from segment_sizes_over_time
where segmentation = $1 and published_at = (select published_at from publication)
"""
_CITIES = """
with counted as (
    select city_name, segment_key, count(*) as client_count
    from enterprise_segments where city_name is not null group by all
)
select city_name as name, any_value(latitude) as latitude,
    any_value(longitude) as longitude, sum(client_count) as total,
    map(list(segment_key), list(client_count)) as counts
from counted left join {cities} using (city_name)
group by city_name order by total desc, city_name
"""
# Of a publication without coordinates, or without names of those that left.
_NO_CITIES = "(select '' as city_name, 0.5 as latitude, 0.5 as longitude limit 0)"
_NOT_TOLD = """(select '' as enterprise_id, '' as enterprise_name, 0 as change_number,
    '' as cause_fr, '' as cause_en limit 0)"""
# What a segment buys, and which part of all purchases is its own.
_SALES = """
with listed as (
    select segment_key, list({
        'name': product_name, 'share': segment_share, 'lift': lift
    } order by product_rank)[:3] as products
    from segment_top_products where ranked_by = 'sales' group by segment_key
)
select segment_key as key, total_sales_eur as sales, sales_share, products
from account_cluster_profiles left join listed using (segment_key)
"""
# Members of a segment of one segmentation by their segment of another.
_CROSSINGS = """
select segment_key, other_segment_key, member_count from segmentation_crossings
where segmentation = $1 and other_segmentation = $2
union all
select other_segment_key, segment_key, member_count from segmentation_crossings
where segmentation = $2 and other_segmentation = $1
"""
_RECOMMENDATIONS = """
select recommendation_id, any_value({platform}) as platform,
    any_value(matched_on) as matched_on,
    in_both(any_value(action_fr), any_value(action_en)) as action
from {recommendations} group by recommendation_id order by recommendation_id
"""
_LEVELS = """
select engagement_level as key,
    in_both(max(engagement_level_fr), max(engagement_level_en)) as name
from enterprise_segments group by engagement_level
order by max(engagement_score) desc nulls last, engagement_level
"""
_RFM = """
select rfm_segment_key as key,
    in_both(max(rfm_segment_name_fr), max(rfm_segment_name_en)) as name
from account_segments group by rfm_segment_key
order by avg(recency_score + frequency_score) desc, rfm_segment_key
"""
_ACTIVITY = """
select activity_level as key,
    in_both(max(activity_level_name_fr), max(activity_level_name_en)) as name
from account_activity group by activity_level order by max(from_sales_eur) desc
"""
_CHOSEN = """
with ranked as (
    select {key}, segment_key,
        row_number() over (
            partition by segment_key
            order by {first} desc nulls last, enterprise_name, {key}
        ) as place,
        count(*) over (partition by segment_key) as segment_size
    from {members}
),
chosen as (
    select {key} from ranked
    order by least(place, $least + 1), place / segment_size, segment_key, place
    limit $limit
),
"""
_CLIENTS = """
-- An enterprise's target platform comes first, what is of no platform last.
recommended as (
    select enterprise_id, list(
        list_position($keys, recommendation_id) - 1
        order by platform_name is distinct from target_platform, platform = 'any',
            platform_name, platform, recommendation_rank
    ) as recommendations
    from enterprise_recommendations inner join chosen using (enterprise_id)
        inner join enterprise_segments using (enterprise_id)
    group by enterprise_id
)
select enterprise_id as id, enterprise_name as name, city_name as city,
    category_name as sector, segment_key as segment, {optional},
    turnover_eur as turnover, engagement_score as score,
    engagement_is_lower_bound as is_least, engagement_level as level,
    target_platform as target,
    followers_total as followers, followers_facebook, followers_instagram,
    followers_tiktok, followers_other, cast(cast(least(followers_facebook_known_at,
        followers_instagram_known_at, followers_tiktok_known_at,
        followers_other_known_at) as date) as varchar) as carried_since,
    is_set_by_hand, explanation_fr, explanation_en,
    coalesce(recommendations, []) as recommendations
from enterprise_segments inner join chosen using (enterprise_id)
    left join recommended using (enterprise_id)
order by enterprise_name, enterprise_id
"""
_ACCOUNTS = """
recommended as (
    select account_id, list(
        list_position($keys, recommendation_id) - 1 order by priority, recommendation_id
    ) as recommendations
    from account_recommendations inner join chosen using (account_id)
    group by account_id
)
select account_id as id, enterprise_name as name, country, segment_key as segment,
    {optional},
    rfm_segment_key as rfm, activity_level as activity,
    cast(activity_since as varchar) as activity_since,
    cast(last_sold_on as varchar) as last_sold_on,
    cast(total_sales_eur as double) as sales, order_count as orders,
    avg_order_value_eur as average_order, recency_days as recency,
    top_products as products, is_set_by_hand, explanation_fr, explanation_en,
    coalesce(recommendations, []) as recommendations
from account_segments inner join chosen using (account_id)
    left join recommended using (account_id)
order by coalesce(enterprise_name, account_id), account_id
"""


def write_page(
    published: DuckDBPyConnection,
    path: Path,
    *,
    language: str,
    enterprise_limit: int = PAGE_ENTERPRISE_LIMIT,
) -> None:
    """Write segments, charts and clients as one HTML file that opens in a language.

    Each segmentation that has segments is a tab, where there are several.

    The page needs no server and no network, and holds no clock: the same data give
    the same bytes. It may run its own script and style only (their hashes stand in
    its Content-Security-Policy), so that no name in the data can become code. Where
    there are more enterprises than the limit, it says so.
    """
    published.execute(_IN_BOTH)
    texts = read_texts()
    publication = fetch_dicts(published.execute(_PUBLICATION))[0]
    main, *others = _read_segmentations(published, publication)
    platform_names = published.sql(
        "select distinct platform, platform_name from enterprise_recommendations"
        " where platform <> 'any' and platform_name is not null order by platform"
    ).fetchall()
    platforms = {
        **{key: texts[key] for key in ("facebook", "instagram", "tiktok", "other")},
        **{key: dict.fromkeys(LANGUAGES, name) for key, name in platform_names},
        "any": texts["any_platform"],
    }
    reading = {"visibility": read_clients, "purchases": read_accounts}
    lists = {}
    for each in (main, *others):
        if each["name"] in reading:
            read = reading[each["name"]](published, enterprise_limit=enterprise_limit)
            segments = [{n: s[n] for n in ("key", "name")} for s in each["segments"]]
            names = dict(published.execute(_NAMES, [each["name"]]).fetchall())
            lists[each["name"]] = read | {"segments": segments, "segment_names": names}
            each["shown_count"] = len(read["rows"])
            each["columns"] = [
                name
                for name in each["columns"]
                if name in read["columns"] or name not in _OPTIONAL.values()
            ]
    style, script = _read("page.css"), _read("page.js")
    data = {
        "language": language,
        "texts": texts,
        "platforms": platforms,
        "lists": lists,
    }
    written = json.dumps(
        data, ensure_ascii=False, separators=(",", ":"), default=_to_plain
    )
    page = _ENVIRONMENT.get_template("page.html").render(
        **_words(texts, platforms),
        language=language,
        publication=publication,
        city_map=_read_city_map(published, main["segments"]),
        main=main,
        others=others,
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        # JSON that cannot end the script element that it stands in.
        data=written.replace("<", "\\u003c"),
    )
    path.write_bytes(page.encode("utf-8"))


def read_clients(
    published: DuckDBPyConnection, *, enterprise_limit: int
) -> dict[str, Any]:
    """Read the enterprises of the page's table, one per row.

    Beyond the limit a part of them is read: the first ``LEAST_PER_SEGMENT`` of every
    segment, then as many of each as is in proportion to its size. Within a segment
    those with the highest engagement score come first (unknown ones last), then those
    first by name, then by id. The last column lists positions in ``recommendations``,
    which has each text once.
    """
    of_enterprises = {
        "key": "enterprise_id",
        "members": "enterprise_segments",
        "first": "engagement_score",
        "recommendations": "enterprise_recommendations",
        "platform": "platform",
    }
    return _read_members(
        published, _CLIENTS, of_enterprises, {"level": _LEVELS}, limit=enterprise_limit
    )


def read_accounts(
    published: DuckDBPyConnection, *, enterprise_limit: int
) -> dict[str, Any]:
    """Read the accounts of the page's table, as ``read_clients`` does enterprises.

    Within a segment those that bought most come first.
    """
    of_accounts = {
        "key": "account_id",
        "members": "account_segments",
        "first": "total_sales_eur",
        "recommendations": "account_recommendations",
        "platform": "null",
    }
    options = {"rfm": _RFM, "activity": _ACTIVITY}
    return _read_members(
        published, _ACCOUNTS, of_accounts, options, limit=enterprise_limit
    )


def _read_members(
    published: DuckDBPyConnection,
    query: str,
    names: dict[str, str],
    options: dict[str, str],
    *,
    limit: int,
) -> dict[str, Any]:
    """Read a table of members, its recommendations, and named options of filters."""
    published.execute(_IN_BOTH)
    answer = published.execute(_RECOMMENDATIONS.format(**names))
    recommendations = fetch_dicts(answer)
    keys = [row.pop("recommendation_id") for row in recommendations]
    asked = {"keys": keys, "least": LEAST_PER_SEGMENT, "limit": limit}
    has = _columns_of(published, names["members"])
    optional = ", ".join(
        f"{column if column in has else 'null'} as {name}"
        for column, name in _OPTIONAL.items()
    )
    answer = published.execute(
        _CHOSEN.format(**names) + query.format(optional=optional), asked
    )
    columns = [column[0] for column in answer.description]
    rows = [_in_one_case(columns, row) for row in answer.fetchall()]
    known = [
        i
        for i, name in enumerate(columns)
        if name not in _OPTIONAL.values() or any(row[i] is not None for row in rows)
    ]
    return {
        "columns": [columns[i] for i in known],
        "rows": [tuple(row[i] for i in known) for row in rows],
        "options": {
            name: fetch_dicts(published.execute(of)) for name, of in options.items()
        },
        "recommendations": recommendations,
    }


def _in_one_case(columns: list[str], row: tuple) -> tuple:
    """Write a member's sector in one case, in its explanation too."""
    member = dict(zip(columns, row, strict=True))
    if sector := member.get("sector"):
        member["sector"] = in_one_case(sector)
        for name in (f"explanation_{language}" for language in LANGUAGES):
            member[name] = member[name] and member[name].replace(
                sector, member["sector"]
            )
    return tuple(member.values())


def _columns_of(published: DuckDBPyConnection, table: str) -> set[str]:
    """Give the columns of a table; none of one that is not there."""
    query = "select column_name from duckdb_columns() where table_name = $1"
    return {name for (name,) in published.execute(query, [table]).fetchall()}


def _to_plain(value: Any) -> float | str:
    """Write amounts and times as JSON has them: times by their day."""
    return float(value) if isinstance(value, Decimal) else value.date().isoformat()


def _read_city_map(
    published: DuckDBPyConnection, segments: list[dict[str, Any]]
) -> dict[str, Any]:
    """Lay out a map of all clients by city."""
    has = "latitude" in _columns_of(published, "cities")
    query = _CITIES.format(cities="cities" if has else _NO_CITIES)
    return lay_out_cities(
        fetch_dicts(published.execute(query)),
        {segment["key"]: segment["colour"] for segment in segments},
    )


def _read_changes(
    published: DuckDBPyConnection, name: str, entry: dict[str, Any]
) -> dict[str, Any]:
    """Read what this publication changed in the segments of members, and since when."""
    counts = published.execute(_CHANGE_COUNTS, [name]).fetchall()
    has_names = "enterprise_name" in _columns_of(published, entry["members"])
    is_told = bool(_columns_of(published, "enterprise_changes"))
    query = _CHANGES.format(
        names=_NAMES,
        name="members.enterprise_name, told.enterprise_name"
        if has_names
        else "told.enterprise_name",
        told="enterprise_changes" if is_told else _NOT_TOLD,
        members=quoted(entry["members"]),
        key=quoted(entry["key"]),
    )
    changes = fetch_dicts(published.execute(query, [name, _NAMED_CHANGES]))
    before = None
    if _columns_of(published, "segment_sizes_over_time"):
        ((before,),) = published.execute(_PUBLISHED_BEFORE, [name]).fetchall()
    total = sum(count for _, count in counts)
    return {
        "counts": counts,
        "changes": changes,
        "before": before,
        "more_count": total - len(changes),
        "is_first": before is None and [cause for cause, _ in counts] == ["new"],
    }


def _read_segmentations(
    published: DuckDBPyConnection, publication: dict[str, Any]
) -> list[dict[str, Any]]:
    """Read the segmentations with their segments and charts, the clients' first.

    Another one without segments is left out.
    """
    segmentations = []
    for name, entry in json.loads(publication["segmentations"]).items():
        asked = {n: entry[n] for n in ("members", "measures", "dimensions")}
        segments = fetch_dicts(published.execute(_SEGMENTS, asked | {"name": name}))
        for segment in segments:
            segment["shape"] = max(0, _MARKERS.find(segment["marker"] or "o"))
            for top in segment["tops"] or []:
                for leader in top["leaders"]:
                    leader["name"] = in_one_case(leader["name"])
        if not segments and name != MAIN_SEGMENTATION:
            continue
        sales = fetch_dicts(published.execute(_SALES)) if name == "purchases" else []
        sales = {row.pop("key"): row for row in sales}
        for segment in segments:
            segment |= sales.get(segment["key"], {"sales": None, "products": None})
        labels = published.execute(_LABEL, [name]).fetchone()
        charts: dict[str, dict[str, Any]] = {}
        asked = [name, _EVALUATION_CHARTS]
        for chart in fetch_dicts(published.execute(_CHARTS, asked)):
            charts.setdefault(chart["chart_name"], {})[chart["language"]] = chart
        segmentations.append(
            {
                "name": name,
                "label": labels[0] if labels else dict.fromkeys(LANGUAGES, name),
                "member_count": sum(segment["member_count"] for segment in segments),
                "segments": segments,
                "charts": charts.values(),
                "changes": _read_changes(published, name, entry),
                **_LISTS.get(name, {"word": "member", "columns": ()}),
                "crossed_count": 0,
            }
        )
    main, *others = sorted(
        segmentations, key=lambda s: (s["name"] != MAIN_SEGMENTATION, s["name"])
    )
    for other in others:
        asked = [other["name"], main["name"]]
        rows = published.execute(_CROSSINGS, asked).fetchall()
        other["crossed_count"] = sum(count for *_, count in rows)
        counts = {(key, of): count for key, of, count in rows}
        for segment in other["segments"]:
            crossed = [
                counts.get((segment["key"], s["key"]), 0) for s in main["segments"]
            ]
            segment["crossed"] = crossed
    return [main, *others]


def read_texts() -> dict[str, dict[str, Any]]:
    """Read the page's own texts: key, language and, by count, ``one`` or ``other``."""
    texts: dict[str, dict[str, Any]] = {}
    for row in csv.DictReader(_read("texts.csv").splitlines()):
        for language in LANGUAGES:
            forms = texts.setdefault(row["key"], {})
            if row["form"]:
                forms.setdefault(language, {})[row["form"]] = row[language]
            else:
                forms[language] = row[language]
    return texts


def _words(
    texts: dict[str, dict[str, Any]], platforms: dict[str, Any]
) -> dict[str, Any]:
    """Give the functions that the template writes texts and figures with."""

    def worded(key: str, count: int | None = None, **values: dict[str, str]) -> dict:
        """Fill in a text in both languages, in the form that a count asks for."""
        words = {}
        for language in LANGUAGES:
            text = texts[key][language]
            filled = {name: value[language] for name, value in values.items()}
            if count is not None:
                # French has the singular for 0 and 1, English for 1 only.
                is_one = count <= 1 if language == "fr" else count == 1
                text = text["one" if is_one else "other"]
                filled["count"] = write_number(count, language=language)
            words[language] = text.format(**filled)
        return words

    def number(value: float | None) -> dict[str, str]:
        if value is None:
            return texts["unknown"]
        decimals = int(abs(value) < 10 and value != int(value))
        return {
            n: write_number(value, language=n, decimals=decimals) for n in LANGUAGES
        }

    def lift_in_words(lift: float) -> dict[str, str]:
        if lift >= _MOST_LIFT:
            return worded("more_than_elsewhere", lift=number(lift))
        return worded("less_than_elsewhere" if lift < _LEAST_LIFT else "as_elsewhere")

    def day(moment: datetime) -> dict[str, str]:
        return {"fr": f"{moment:%d/%m/%Y}", "en": f"{moment.day} {moment:%B %Y}"}

    return {
        "languages": LANGUAGES,
        "worded": worded,
        "number": number,
        "day": day,
        "share": lambda value: {n: write_share(value, language=n) for n in LANGUAGES},
        "own": lambda word, key: f"{word}_{key}" if f"{word}_{key}" in texts else key,
        "lift_in_words": lift_in_words,
        "platform_name": lambda key: platforms.get(key, dict.fromkeys(LANGUAGES, key)),
    }


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Hash a style or script as a Content-Security-Policy names it."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
