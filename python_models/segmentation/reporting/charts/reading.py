"""Read what a chart shows: a bounded number of ordered rows, as plain values.

What is read is all that a drawing depends on besides its texts, so its digest tells
whether a published picture is still the right one.
"""

import math
from itertools import groupby
from typing import Any, NamedTuple

from duckdb import DuckDBPyRelation

VALUES_PER_SEGMENT = 5
MOST_PLACES = 30
QUANTILES = ("low_whisker", "low_quartile", "median", "high_quartile", "high_whisker")


class Segment(NamedTuple):
    """A segment; ``placed_count`` are members in it by the model or by hand."""

    key: str
    name_fr: str
    name_en: str
    colour: str
    marker: str
    is_current: bool
    model_count: int
    placed_count: int


class ChartPlan(NamedTuple):
    """A line of the seed ``segmentation_charts``.

    ``subjects`` are measures or one dimension, the main one first; ``extras`` are
    measures that are drawn only where somebody has any, and never singled out.
    """

    name: str
    kind: str
    position: int
    subjects: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


class Content(NamedTuple):
    """What is drawn: the segments in their order, and figures as the kind has them."""

    plan: ChartPlan
    segments: list[Segment]
    figures: Any


class Box(NamedTuple):
    """Known values of a measure in a segment; quantiles are empty without any."""

    known_count: int
    quantiles: tuple[float, ...]
    points: list[float]


class ClusterCount(NamedTuple):
    """Figures of one number of clusters; None where they could not be computed."""

    cluster_count: int
    inertia: float | None
    silhouette: float | None
    null_silhouette: float | None
    highest_null_silhouette: float | None
    is_selected: bool
    is_advised: bool


class ChartTables(NamedTuple):
    """The tables by name, seen from one segmentation."""

    tables: dict[str, DuckDBPyRelation]
    segmentation: str

    def of(self, name: str) -> DuckDBPyRelation:
        """Give the rows of the segmentation."""
        return self.tables[name].filter(f"segmentation = '{self.segmentation}'")

    def rows(self, name: str, columns: str, *, order: str, where: str = "true") -> list:
        """Read columns in an order, without the last bits, which differ by run."""
        rows = self.of(name).filter(where).order(order).project(columns).fetchall()
        return [tuple(map(_rounded, row)) for row in rows]

    def segments(self) -> list[Segment]:
        """Every segment there is or was: those with a place first, others by size."""
        rows = self.rows(
            "segment_overview",
            "segment_key, segment_name_fr, segment_name_en, segment_colour,"
            " segment_marker, cluster_id is not null, coalesce(model_member_count, 0),"
            " coalesce(member_count, 0)",
            order="display_order nulls last, model_member_count desc, segment_key",
        )
        return [Segment(*row) for row in rows]


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.10g}") if math.isfinite(value) else None


def read_chart(
    plan: ChartPlan, tables: ChartTables, segments: list[Segment]
) -> Content | None:
    """Read a chart; None if there is nothing to draw."""
    shown = {
        "sizes": [s for s in segments if s.is_current or s.placed_count],
        "migrations": segments,
    }.get(plan.kind, [segment for segment in segments if segment.is_current])
    figures = READERS[plan.kind](plan, tables, shown)
    return Content(plan, shown, figures) if figures else None


def _read_sizes(plan: ChartPlan, tables: ChartTables, shown: list[Segment]) -> int:
    return sum(segment.placed_count for segment in shown)


def _read_means(plan: ChartPlan, tables: ChartTables, shown: list[Segment]) -> dict:
    columns = "segment_key, measure, mean_value"
    rows = tables.rows("cluster_measures", columns, order="segment_key")
    known = {(key, measure): mean for key, measure, mean in rows}
    means = {
        measure: {s.key: known.get((s.key, measure)) for s in shown}
        for measure in (*plan.subjects, *plan.extras)
        if measure in plan.subjects or any(known.get((s.key, measure)) for s in shown)
    }
    return means if any(segment.model_count for segment in shown) else {}


def _read_boxes(plan: ChartPlan, tables: ChartTables, shown: list[Segment]) -> dict:
    read: dict[tuple[str, str, str], list[float]] = {}
    columns = "segment_key, measure, figure, value"
    rows = tables.rows("chart_boxes", columns, order="figure, figure_number")
    for *place, value in rows:
        read.setdefault(tuple(place), []).append(value)

    def box(*place: str) -> Box:
        quantiles = (v for name in QUANTILES for v in read.get((*place, name), []))
        known_count = int(sum(read.get((*place, "known_count"), [])))
        return Box(known_count, tuple(quantiles), read.get((*place, "outlier"), []))

    boxes = {
        measure: {segment.key: box(segment.key, measure) for segment in shown}
        for measure in (*plan.subjects, *plan.extras)
    }
    return boxes if any(segment.model_count for segment in shown) else {}


def _read_mix(plan: ChartPlan, tables: ChartTables, shown: list[Segment]) -> dict:
    rows = tables.rows(
        "cluster_mix",
        "segment_key, dimension_value, cluster_share, population_share",
        order="segment_key, value_rank",
        # One more, for the unknown value has a rank too.
        where=f"dimension = '{plan.subjects[0]}' and dimension_value is not null"
        f" and value_rank <= {VALUES_PER_SEGMENT + 1}",
    )
    return {
        key: [row[1:] for row in mix][:VALUES_PER_SEGMENT]
        for key, mix in groupby(rows, key=lambda row: row[0])
    }


def _read_ranking(plan: ChartPlan, tables: ChartTables, shown: list[Segment]) -> tuple:
    ranked = (
        tables.of("cluster_mix")
        .filter(f"dimension = '{plan.subjects[0]}'")
        .aggregate(
            "dimension_value as name, cast(sum(member_count) as bigint) as total,"
            " list(segment_key order by segment_key) as keys,"
            " list(member_count order by segment_key) as counts",
            "dimension_value",
        )
    )
    known = ranked.filter("name is not null").order("total desc, name")
    places = [
        (name, total, dict(zip(keys, counts, strict=True)))
        for name, total, keys, counts in known.limit(MOST_PLACES).fetchall()
    ]
    rest = ranked.aggregate(
        "count(name), cast(sum(total) filter (name is not null) as bigint),"
        " cast(coalesce(sum(total) filter (name is null), 0) as bigint)"
    ).fetchall()
    return (places, *rest[0]) if places else ()


def _read_map(plan: ChartPlan, tables: ChartTables, shown: list[Segment]) -> tuple:
    column = "explained_variance_share"
    rows = tables.rows("projection_components", column, order="component")
    shares = [*sum(rows, ()), 0.0][:2]
    medians = tables.rows(
        "chart_boxes", "segment_key, value", order="segment_key, measure",
        where="figure = 'median' and measure in ('pca_x', 'pca_y')",
    )  # fmt: skip
    centres = {
        key: [value for _, value in pair]
        for key, pair in groupby(medians, key=lambda row: row[0])
        if key in {segment.key for segment in shown}
    }
    points: dict[str, list[tuple]] = {segment.key: [] for segment in shown}
    columns = "segment_key, pca_x, pca_y"
    for key, *place in tables.rows("chart_points", columns, order="member_id"):
        points.get(key, []).append(place)
    return (shares, points, centres) if rows and centres else ()


def _read_counts(plan: ChartPlan, tables: ChartTables, shown: list[Segment]) -> list:
    columns = ", ".join(ClusterCount._fields)
    rows = tables.rows("cluster_count_evaluation", columns, order="cluster_count")
    counts = [ClusterCount(*row) for row in rows]
    return counts if any(count.inertia is not None for count in counts) else []


def _read_migrations(plan: ChartPlan, tables: ChartTables, _: list[Segment]) -> dict:
    """Of the latest fit that had a predecessor; segments by their names of today."""
    columns = "fit_id, from_segment_key, to_segment_key, member_count"
    rows = tables.rows("segment_migrations", columns, order=columns)
    return {row[1:3]: row[3] for row in rows if row[0] == rows[-1][0] and row[3]}


READERS = {
    "sizes": _read_sizes,
    "means": _read_means,
    "boxes": _read_boxes,
    "mix": _read_mix,
    "ranking": _read_ranking,
    "map": _read_map,
    "counts": _read_counts,
    "migrations": _read_migrations,
}
