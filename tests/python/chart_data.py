"""Made-up tables to draw charts from, ordinary and unkind ones."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation
from segmentation.reporting.charts.sources import ChartSources

CHECKOUT = Path(__file__).parents[2]
PLATFORMS = ("facebook", "instagram", "tiktok", "other")
COUNTS = ("followers_total", *(f"followers_{platform}" for platform in PLATFORMS))
LONG = "Établissements d'hébergement, de restauration et de loisirs "


def read_seed(name: str) -> list[dict[str, str]]:
    """Read a reference seed of the checkout."""
    path = CHECKOUT / "seeds" / "reference" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load_texts(connection: DuckDBPyConnection) -> DuckDBPyRelation:
    """Load the shipped wording."""
    return connection.from_df(pd.DataFrame(read_seed("chart_texts")))


def make_members(
    sizes: list[int], *, categories: list[str], cities: list[str], seed: int = 0
) -> pd.DataFrame:
    """Make so many enterprises of each segment, s00 the first."""
    random = np.random.default_rng(seed)
    rows = []
    for number, size in enumerate(sizes):
        for member in range(size):
            parts = np.floor(random.lognormal(1 + number / 2, 1.2, size=4))
            parts *= random.random(4) < (0.9, 0.7, 0.3, 0.2)
            rows.append(
                {
                    "enterprise_id": f"e{number:02d}-{member:04d}",
                    "model_segment_key": f"s{number:02d}",
                    "category_name": str(random.choice(categories)),
                    "city_name": str(random.choice(cities)),
                    "followers_total": float(parts.sum()),
                    **{
                        f"followers_{platform}": float(part)
                        for platform, part in zip(PLATFORMS, parts, strict=True)
                    },
                    "pca_x": random.normal(number**1.3, 0.4),
                    "pca_y": random.normal(5 * np.sin(number), 0.4),
                }
            )
    return pd.DataFrame(rows)


def make_sources(
    connection: DuckDBPyConnection,
    members: pd.DataFrame,
    *,
    names: list[str],
    selected: int = 4,
    advised: int | None = None,
    moves: dict[tuple[int, int], int] | None = None,
    inertia: float = 600_000,
) -> ChartSources:
    """Make every table of the charts from the members of the segments.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    members : pandas.DataFrame
        As :func:`make_members` returns it, in whatever order.
    names : list of str
        Of the segments s00, s01, ...; one without a member has size 0.
    selected, advised : int
        Numbers of clusters.
    moves : dict of (int, int) to int
        Enterprises by number of the segment before and after the last refit.
    inertia : float
        Of two clusters.
    """
    if "segment_key" not in members:
        members = members.assign(segment_key=members["model_segment_key"])
    colours = read_seed("segment_colours")
    members = members.assign(**{name: members[name].astype(float) for name in COUNTS})
    connection.register("members", members)
    connection.execute(
        "create or replace table enterprise_segments as select * replace ("
        "cast(category_name as varchar) as category_name, cast(city_name as varchar)"
        f" as city_name, {_without_nan(COUNTS)}) from members"
    )
    connection.unregister("members")
    described = [
        {
            "segment_key": f"s{number:02d}",
            "segment_name_fr": name,
            "segment_name_en": name,
            "segment_colour": colours[number % len(colours)]["colour"],
            "segment_marker": colours[number % len(colours)]["marker"],
            # The last has no place in the seed, as a new segment.
            "display_order": number if number < len(names) - 1 else None,
        }
        for number, name in enumerate(names)
    ]
    connection.from_df(
        pd.DataFrame(described).astype({"display_order": "Int64"})
    ).create("int_segments_described")
    means = ", ".join(f"avg(followers_{p}) as mean_followers_{p}" for p in PLATFORMS)
    connection.execute(
        "create table cluster_profiles as select described.segment_key,"
        f" count(enterprise_id) as enterprise_count, {means}"
        " from int_segments_described as described left join enterprise_segments"
        " on described.segment_key = model_segment_key group by described.segment_key"
    )
    for mart, column, rank in (
        ("cluster_category_mix", "category_name", "category_rank"),
        ("cluster_city_mix", "city_name", "city_rank"),
    ):
        connection.execute(
            f"create table {mart} as select model_segment_key as segment_key, {column},"
            " count(*) as enterprise_count,"
            " count(*) / sum(count(*)) over (partition by model_segment_key)"
            " as cluster_share, sum(count(*)) over (partition by"
            f" {column}) / sum(count(*)) over () as population_share,"
            " row_number() over (partition by model_segment_key"
            f" order by count(*) desc, {column} nulls last) as {rank}"
            f" from enterprise_segments group by model_segment_key, {column}"
        )
    evaluation = pd.DataFrame({"cluster_count": range(2, 11)})
    evaluation["inertia"] = 2 * inertia / evaluation["cluster_count"]
    evaluation["silhouette"] = 0.5 - 0.03 * evaluation["cluster_count"]
    evaluation["null_silhouette"] = evaluation["silhouette"] - 0.01
    evaluation["highest_null_silhouette"] = evaluation["silhouette"] + 0.01
    evaluation["is_selected"] = evaluation["cluster_count"] == selected
    evaluation["is_advised"] = evaluation["cluster_count"] == (advised or 0)
    connection.from_df(evaluation).create("cluster_count_evaluation")
    connection.from_df(
        pd.DataFrame({"component": [1, 2], "explained_variance_share": [0.5, 0.25]})
    ).create("projection_components")
    connection.execute(
        "create table segment_migrations (fit_id integer, from_segment_key varchar,"
        " to_segment_key varchar, enterprise_count bigint)"
    )
    for (before, after), count in (moves or {}).items():
        connection.execute(
            "insert into segment_migrations values (1, 's00', 's00', 9), (2, ?, ?, ?)",
            [f"s{before:02d}", f"s{after:02d}", count],
        )
    return sources_of(connection)


def sources_of(connection: DuckDBPyConnection, **schemas: str) -> ChartSources:
    """Name the tables of a connection as sources, some of them in other schemas."""
    return ChartSources(
        **{
            name: connection.table(f"{schemas.get(name, 'main')}.{name}")
            for name in ChartSources.__annotations__
        }
    )


def _without_nan(columns: tuple[str, ...]) -> str:
    return ", ".join(
        f"nullif({name}, cast('NaN' as double)) as {name}" for name in columns
    )


def make_unkind_sources(connection: DuckDBPyConnection, case: str) -> ChartSources:
    """Make the tables of a case that breaks careless charts."""
    number_of = range(12)
    names = [f"{LONG}{number:02d}" for number in number_of]
    categories = [f"{LONG}{number:02d}" for number in range(45)]
    cities = [f"Saint-Symphorien-sur-la-Très-Longue-Rivière {n}" for n in range(45)]
    everywhere = {(i, j): 1 + 97 * (i == j) * i for i in number_of for j in number_of}
    if case == "twelve_segments_with_long_names":
        return make_sources(
            connection,
            make_members(
                [400, 200, 150, 90, 60, 40, 20, 9, 5, 3, 2, 1],
                categories=categories, cities=cities,
            ),
            names=names, selected=2, advised=3, moves=everywhere,
            # Of features that are not scaled.
            inertia=1.7e10,
        )  # fmt: skip
    if case == "long_words_without_a_space":
        return make_sources(
            connection,
            make_members(
                [30, 8, 40, 7],
                categories=["W" * 60, "$x$" * 20, "É"], cities=["M" * 60],
            ),
            names=["W" * 60, "$a_b$" * 12, "É" * 60, "x"], selected=10, advised=9,
            moves={(0, 0): 1_000_000, (1, 2): 1, (3, 0): 2},
        )  # fmt: skip
    if case == "one_segment":
        return make_sources(
            connection,
            make_members([7], categories=["Sport"], cities=["Nantes"]),
            names=["Tous"], selected=2, advised=2, moves={(0, 0): 7},
        )  # fmt: skip
    if case == "a_segment_without_enterprises":
        return make_sources(
            connection,
            make_members([50, 0, 3], categories=["Sport", "Musée"], cities=["Nantes"]),
            names=["Premier", "Personne", "Nouveau"],
        )
    if case == "one_enterprise_per_segment":
        return make_sources(
            connection,
            make_members([1] * 12, categories=categories, cities=cities),
            names=names,
        )
    members = make_members(
        [40, 20, 10, 6], categories=["Sport", "Musée"], cities=["Nantes", "Angers"]
    )
    if case == "nobody_has_followers":
        members[list(COUNTS)] = 0.0
    elif case == "nothing_is_known":
        members[list(COUNTS)] = None
        members[["category_name", "city_name"]] = None
        members[["pca_x", "pca_y"]] = 0.0
    else:
        raise ValueError(case)
    return make_sources(connection, members, names=["A", "B", "C", "D"])


UNKIND_CASES = (
    "twelve_segments_with_long_names",
    "long_words_without_a_space",
    "one_segment",
    "a_segment_without_enterprises",
    "one_enterprise_per_segment",
    "nobody_has_followers",
    "nothing_is_known",
)
