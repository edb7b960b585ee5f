"""Made-up tables to draw charts from, ordinary and unkind ones."""

import json
from typing import Any

import jinja2
import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from project_copies import CHECKOUT, read_seed

COUNTS = [
    f"followers_{p}" for p in ("total", "facebook", "instagram", "tiktok", "other")
]
GROWTH = "follower_growth_per_30_days"
BOUGHT = [
    *("total_sales_eur", "order_count", "avg_order_value_eur"),
    *("distinct_product_count", "recency_days"),
]
NUMBERS = [*COUNTS, GROWTH, "balance", "open_rate", *BOUGHT]
SCORE_GRID = ["recency_score", "frequency_score", "total_sales_eur"]
DIMENSIONS = ["category_name", "city_name"]
ENTRY = {"features": "features", "key": "member_id", "members": "features"}
ENTRY |= {"dimensions": DIMENSIONS, "score_grid": []}
# Segmentations of the same members: the shipped ones, and one that no seed knows.
SEGMENTATIONS = {
    "visibility": ENTRY | {"measures": [*COUNTS, GROWTH]},
    "crowd": ENTRY | {"measures": ["balance", "open_rate", *COUNTS[:3]]},
    "purchases": ENTRY
    | {"measures": BOUGHT, "dimensions": ["country"], "score_grid": SCORE_GRID},
}
SEGMENTATIONS["crowd"]["score_grid"] = [*SCORE_GRID[:2], "open_rate"]
AGGREGATES = """
create table segmentations as
    select unnest(['visibility', 'crowd', 'purchases']) as segmentation;
create table features as select * replace (
    category_name::varchar as category_name, city_name::varchar as city_name
), city_name::varchar as country from members;
create table visibility_scores as from features;
create table crowd_scores as from features;
create table purchases_scores as from features;
create table members_placed as
    select segmentation, member_id, segment_key, model_segment_key
    from segmentations, features;
create table segment_overview as
    select segmentation, *,
        (select count(*) from features where model_segment_key = described.segment_key)
            as model_member_count,
        (select count(*) from features where segment_key = described.segment_key)
            as member_count
    from segmentations, described;
create table cluster_measures as
    select segmentation, model_segment_key as segment_key, measure,
        count(*) as member_count, count(value) / count(*) as known_share,
        avg(value) as mean_value
    from segmentations, features unpivot include nulls (
        value for measure in (followers_total, followers_facebook, followers_instagram,
            followers_tiktok, followers_other, balance, open_rate, total_sales_eur,
            order_count, avg_order_value_eur, distinct_product_count, recency_days))
    group by all;
create table cluster_mix as
    select segmentation, model_segment_key as segment_key, dimension, dimension_value,
        count(*) as member_count,
        count(*) / sum(count(*)) over (
            partition by segmentation, dimension, model_segment_key) as cluster_share,
        sum(count(*)) over (partition by segmentation, dimension, dimension_value)
            / sum(count(*)) over (partition by segmentation, dimension)
            as population_share,
        row_number() over (partition by segmentation, dimension, model_segment_key
            order by count(*) desc, dimension_value nulls last) as value_rank
    from segmentations, (
        select model_segment_key,
            unnest(['category_name', 'city_name', 'country']) as dimension,
            unnest([category_name, city_name, city_name]) as dimension_value
        from features
    )
    group by segmentation, model_segment_key, dimension, dimension_value;
create table cluster_count_evaluation as from segmentations, evaluation;
create table segment_sizes_over_time as
    select segmentation, month - interval 1 day * age as published_at, segment_key,
        member_count * (age + 1) * (2028 - year(month)) as member_count
    from segment_overview, (select unnest(generate_series(
        timestamp '2025-06-20', timestamp '2027-06-20', interval 1 month)) as month),
        (select unnest([0, 3]) as age)
    where exists (from migrations);
create table segment_migrations as from segmentations, migrations;
create table refit_cadence as from (select 'crowd' as segmentation), cadence;
create table projection_components as
    select *, case component when 1 then 0.5 else 0.25 end as explained_variance_share
    from segmentations, (select unnest([1, 2]) as component)
    where exists (from members);
create table projection_loadings as
    select segmentation, component, position, feature_name, feature_level, loading
    from segmentations, (
        select unnest([1, 1, 1, 2]) as component, unnest([0, 1, 2, 0]) as position,
            unnest(['followers_total', 'category_name', 'balance', 'open_rate'])
                as feature_name,
            unnest([null, (select max(category_name) from members), null, null])
                as feature_level,
            unnest([0.6, -0.7, 0.2, 1]::double[]) as loading
    );
"""
OF_CROWD = pd.DataFrame(
    [{"segmentation": "crowd", "name": "open_rate", "unit": "share"}]
)
LONG = "Établissements d'hébergement, de restauration et de loisirs "
LONG_TOWN = "Saint-Symphorien-sur-la-Très-Longue-Rivière"


def make_members(
    sizes: list[int],
    *,
    categories: tuple[str, ...] = ("Sport", "Musée", "Opticien"),
    cities: tuple[str, ...] = ("Nantes", "Rezé"),
) -> pd.DataFrame:
    """Make so many members of each segment, s00 the first."""
    random = np.random.default_rng(0)
    keys = np.repeat(np.arange(len(sizes)), sizes)
    parts = np.floor(random.lognormal(1 + keys / 2, 1.2, size=(4, len(keys))))
    parts *= random.random(parts.shape) < np.array([[0.9], [0.7], [0.3], [0.2]])
    return pd.DataFrame(
        {
            "member_id": [f"m{i:05d}" for i in range(len(keys))],
            "model_segment_key": [f"s{key:02d}" for key in keys],
            "segment_key": [f"s{key:02d}" for key in keys],
            "category_name": random.choice(categories, len(keys)),
            "city_name": random.choice(cities, len(keys)),
            **dict(zip(COUNTS, [parts.sum(axis=0), *parts], strict=True)),
            "balance": random.normal(20, 200, len(keys)),
            "open_rate": random.random(len(keys)),
            "total_sales_eur": 10 * random.lognormal(3 + keys / 3, 1.5).round(2),
            "order_count": np.ceil(random.lognormal(1, 1, len(keys))),
            "avg_order_value_eur": 10 * random.lognormal(3, 1, len(keys)).round(2),
            "distinct_product_count": np.ceil(random.lognormal(0.5, 1, len(keys))),
            "recency_days": random.integers(0, 2_000, len(keys)).astype(float),
            "recency_score": random.integers(1, 6, len(keys)),
            "frequency_score": random.integers(1, 6, len(keys)),
            "pca_x": random.normal(keys**1.3, 0.4),
            "pca_y": random.normal(5 * np.sin(keys), 0.4),
            GROWTH: random.normal(20, 90, len(keys)).round(1),
        }
    )


def make_tables(
    connection: DuckDBPyConnection,
    members: pd.DataFrame,
    names: list[str],
    *,
    current: int | None = None,
    selected: int = 4,
    advised: int | None = None,
    moves: dict[tuple[int, int], int] | None = None,
    agreements: dict[int, float] | None = None,
    inertia: float = 600_000,
) -> dict[str, DuckDBPyRelation]:
    """Make every table of the charts, for all segmentations.

    The first ``current`` segments, named by ``names``, are those of the fit; ``moves``
    are members by number of the segment before and after the last refit, `agreements`
    those of refits by the weeks since, of the second only.
    """
    colours = read_seed("segment_colours")
    described = pd.DataFrame(
        {
            "segment_key": f"s{i:02d}",
            "segment_name_fr": name,
            "segment_name_en": name,
            "segment_colour": colours[i % 12]["colour"],
            "segment_marker": colours[i % 12]["marker"],
            "cluster_id": i if current is None or i < current else None,
            # The last has no place in the seed, as a new segment.
            "display_order": i if i < len(names) - 1 else None,
        }
        for i, name in enumerate(names)
    )
    evaluation = pd.DataFrame({"cluster_count": range(2, 11)}).assign(
        inertia=lambda rows: 2 * inertia / rows["cluster_count"],
        silhouette=lambda rows: 0.5 - 0.03 * rows["cluster_count"],
        null_silhouette=lambda rows: rows["silhouette"] - 0.01,
        silhouette_without_giants=lambda rows: rows["silhouette"],
        highest_null_silhouette=lambda rows: rows["silhouette"] + 0.01,
        is_selected=lambda rows: rows["cluster_count"] == selected,
        is_advised=lambda rows: rows["cluster_count"] == (advised or 0),
    )
    migrations = pd.DataFrame(
        [(1, "s00", "s00", 9)]
        + [(2, f"s{a:02d}", f"s{b:02d}", n) for (a, b), n in (moves or {}).items()],
        columns=["fit_id", "from_segment_key", "to_segment_key", "member_count"],
    )
    cadence = pd.DataFrame(
        (agreements or {}).items(), columns=["horizon_weeks", "agreement_ari"]
    ).assign(refit_below_ari=0.8, advised_cadence_weeks=None)
    below = cadence.loc[cadence["agreement_ari"] < 0.8, "horizon_weeks"]
    if len(below):
        cadence["advised_cadence_weeks"] = below.min()
    tables = {
        "members": members.astype(dict.fromkeys(NUMBERS, float)),
        "described": described.astype(
            {"display_order": "Int64", "cluster_id": "Int64"}
        ),
        "evaluation": evaluation if len(members) else evaluation[:0],
        "cadence": cadence.astype(
            {"horizon_weeks": int, "agreement_ari": float}
            | {"advised_cadence_weeks": "Int64"}
        ),
        "migrations": migrations if moves else migrations[:0],
        "chart_texts": _seed_frame("chart_texts"),
        "segmentation_charts": _seed_frame("segmentation_charts"),
        "measure_texts": pd.concat([_seed_frame("measure_texts"), OF_CROWD]),
        "segmentation_variables": pd.DataFrame(
            [(name, json.dumps(entry)) for name, entry in SEGMENTATIONS.items()],
            columns=["segmentation", "variables"],
        ),
    }
    for name, frame in tables.items():
        connection.from_df(frame).create(name)
    connection.execute(AGGREGATES)
    for name in ("chart_points", "chart_boxes", "chart_cells"):
        connection.execute(f"create table {name} as {render(name)}")
    return all_tables(connection)


def all_tables(connection: DuckDBPyConnection) -> dict[str, DuckDBPyRelation]:
    names = connection.sql("show tables").fetchall()
    return {name: connection.table(name) for (name,) in names}


def _seed_frame(name: str) -> pd.DataFrame:
    frame = pd.DataFrame(read_seed(name)).replace("", None)
    return frame.astype({"position": int}) if "position" in frame else frame


def render(model: str) -> str:
    """Give the SQL of one of the engine's models for charts, as dbt renders it."""
    text = (CHECKOUT / "models" / "engine" / f"{model}.sql").read_text(encoding="utf-8")
    template = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string(text)
    return template.render(
        ref=lambda name: name,
        segmentations=lambda: SEGMENTATIONS,
        listed=lambda name: [
            (segmentation, entry, item)
            for segmentation, entry in SEGMENTATIONS.items()
            for item in entry[name]
        ],
    )


def unkind_cases() -> dict[str, dict[str, Any]]:
    """Members and what else ``make_tables`` takes, of cases that are hard to draw."""
    many = range(45)
    long, words = [f"{LONG}{i:02d}" for i in many], ["W" * 60, "$x$" * 20, "É"]
    short = [f"c{i}" for i in many]
    four = make_members([40, 20, 10, 6])
    large = make_members([61, 30, 6], categories=short, cities=short)
    large.loc[::9, [*DIMENSIONS, "followers_facebook"]] = None
    large["followers_total"] *= 1e6
    unknown = dict.fromkeys([*NUMBERS, *DIMENSIONS]) | {"pca_x": 0.0, "pca_y": 0.0}
    return {
        "twelve_segments_with_long_names": {
            "members": make_members(
                [400, 200, 150, 90, 60, 40, 20, 9, 5, 3, 2, 1],
                categories=long,
                cities=[f"{LONG_TOWN} {i}" for i in many],
            ),
            "names": long[:12],
            "moves": {(i, j): 1 + 97 * i * (i == j)
                      for i in many[:12] for j in many[:12]},
            "agreements": {weeks: 1 - weeks / 90 for weeks in range(4, 53, 4)},
            "selected": 2,
            "advised": 3,
            # Of features that are not scaled.
            "inertia": 1.7e10,
        },
        "long_words_without_a_space": {
            "members": make_members(
                [30, 8, 40, 7], categories=words, cities=["M" * 60]
            ),
            "names": ["W" * 60, "$a_b$" * 12, "É" * 60, "x"],
            "moves": {(0, 0): 1_000_000, (1, 2): 1, (3, 0): 2},
            "selected": 10,
            "advised": 9,
        },
        "one_segment": {
            "members": make_members([7], categories=["Sport"], cities=["Nantes"]),
            "names": ["Tous"],
            "moves": {(0, 0): 7},
            "agreements": {4: 1.0, 9: -0.12},
            "selected": 2,
            "advised": 2,
        },
        "one_member_or_none": {
            "members": make_members([1, 0, 1, 1]), "names": [*"ABC", long[0]]
        },
        "nobody_has_any": {
            "members": four.assign(**dict.fromkeys(NUMBERS, 0.0)), "names": [*"ABCD"]
        },
        "nobody_lies_beyond_a_whisker": {
            "members": make_members([20, 20]).assign(
                **dict.fromkeys(NUMBERS, [10.0, 100.0] * 20)
            ),
            "names": [*"AB"],
        },
        "nothing_is_known": {"members": four.assign(**unknown), "names": [*"ABCD"]},
        "large": {"members": large, "names": [*"ABC"], "moves": {(0, 0): 30}},
        "eight_digits": {
            "members": make_members([61, 30, 6]).assign(
                **dict.fromkeys([*COUNTS, "balance"], 12_345_678.0)
            ),
            "names": long[:3],
            "moves": {(0, 0): 12_345_678, (0, 1): 4},
            "agreements": {8: 0.95},
        },
    }  # fmt: skip
