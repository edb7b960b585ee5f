"""Read what charts show: a few ordered rows of each, as plain values.

What is read is all that a drawing depends on besides its texts, so its digest tells
whether a published picture is still the right one.
"""

import math
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
from duckdb import DuckDBPyRelation

from segmentation.errors import SegmentationError
from segmentation.reporting.names import in_one_case
from segmentation.sql_text import text as quoted_text

VALUES_PER_SEGMENT = 5
# As many measures stand side by side in a chart that nobody has planned.
MOST_PANELS = 5
# Pairs are of so many measures, and show at most so many members of each segment.
PAIRED = (2, 3)
MOST_PAIRED = 2_000
# A history shows so many months at most, of each its last publication: it is drawn
# anew when a number has changed, not at every build.
MOST_MONTHS = 24
# Of each kind that is drawn of one table, its columns, ordered by them, and its rows.
MIX = (
    *("segment_key", "value_rank", "dimension_value", "member_count"),
    *("cluster_share", "population_share"),
)
SOURCES = {
    "means": (
        "cluster_measures",
        ("measure", "segment_key", "mean_value", "member_count", "known_share"),
        "measure in ({subjects}) and member_count > 0",
    ),
    "boxes": (
        "chart_boxes",
        ("measure", "segment_key", "figure", "figure_number", "value"),
        "measure in ({subjects})",
    ),
    "mix": (
        "cluster_mix",
        MIX,
        # One more, for the unknown value has a rank too.
        "dimension in ({subjects}) and (dimension_value is null"
        f" or value_rank <= {VALUES_PER_SEGMENT + 1})",
    ),
    "ranking": ("cluster_mix", MIX, "dimension in ({subjects})"),
    "history": (
        "segment_sizes_over_time",
        ("month", "segment_key", "member_count"),
        "true",
    ),
    "counts": (
        "cluster_count_evaluation",
        ("cluster_count", "inertia", "silhouette_without_giants", "null_silhouette",
         "highest_null_silhouette", "is_selected", "is_advised"),
        "inertia is not null",
    ),
    "migrations": (
        "segment_migrations",
        ("fit_id", "from_segment_key", "to_segment_key", "member_count"),
        "member_count > 0",
    ),
    "cadence": (
        "refit_cadence",
        ("horizon_weeks", "agreement_ari", "refit_below_ari", "advised_cadence_weeks"),
        "true",
    ),
    "grid": (
        "chart_cells",
        ("down_score", "across_score", "member_count", "total_value"),
        "true",
    ),
}  # fmt: skip


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


class Chart(NamedTuple):
    """A line of the seed ``segmentation_charts``, and what is drawn.

    ``subjects`` are measures or one dimension, the main one first, or the columns of a
    grid; ``extras`` are measures that are drawn only where somebody has any, and never
    singled out.
    ``segments`` are in their order, ``figures`` are rows of the source of the kind.
    """

    segmentation: str
    name: str
    kind: str
    position: int
    subjects: tuple[str, ...]
    extras: tuple[str, ...]
    segments: list[Segment]
    figures: Any = None

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.figures, columns=SOURCES[self.kind][1])


def read_charts(
    tables: dict[str, DuckDBPyRelation],
    segmentation: str,
    *,
    measures: list[str],
    dimensions: list[str],
    score_grid: tuple[str, ...] = (),
    **_: Any,
) -> list[Chart]:
    """Read the charts of a segmentation that there is something to draw of.

    They are those of the seed, or else one per kind and dimension.

    Raises
    ------
    SegmentationError
        If a chart has subjects that its segmentation or its kind has not, or more or
        fewer than its kind has.
    """
    rows = partial(read_rows, tables, segmentation)
    # Every segment there is or was: those with a place first, others by size.
    segments = [
        Segment(*row)
        for row in rows(
            "segment_overview",
            "segment_key, segment_name_fr, segment_name_en, segment_colour,"
            " segment_marker, cluster_id is not null, coalesce(model_member_count, 0),"
            " coalesce(member_count, 0)",
            order="display_order nulls last, model_member_count desc, segment_key",
        )
    ]
    columns = "chart_name, kind, position, subjects, extra_subjects"
    planned = rows("segmentation_charts", columns, order="position, chart_name")
    charts = []
    for name, kind, position, *words in planned or _every_kind(measures, dimensions):
        subjects, extras = (tuple((text or "").split()) for text in words)
        offered = {"means": measures, "boxes": measures, "mix": dimensions,
                   "ranking": dimensions, "pairs": measures}.get(kind, [])  # fmt: skip
        is_many = kind == "pairs" and not PAIRED[0] <= len(subjects) <= PAIRED[1]
        is_other = bool(subjects) != bool(offered) or not (
            {*subjects, *extras} <= {*offered}
        )
        if is_many or is_other:
            raise SegmentationError(
                f"The seed segmentation_charts plans {name} of {segmentation} as"
                f" {kind!r} of {' '.join((*subjects, *extras)) or 'nothing'}, and that"
                f" is drawn of {'two or three of ' if kind == 'pairs' else ''}"
                f"{', '.join(offered) or 'no subjects'}."
            )
        subjects = tuple(score_grid) if kind == "grid" else subjects
        shown = {
            "sizes": [s for s in segments if s.is_current or s.placed_count],
            "migrations": segments,
            "history": segments,
        }.get(kind, [segment for segment in segments if segment.is_current])
        chart = Chart(segmentation, name, kind, position, subjects, extras, shown)
        if figures := _read_figures(rows, chart):
            charts.append(chart._replace(figures=figures))
    return charts


def _every_kind(measures: list[str], dimensions: list[str]) -> list[tuple]:
    some, paired = (" ".join(measures[:n]) for n in (MOST_PANELS, PAIRED[1]))
    charts = [
        ("segment_sizes", "sizes", ""),
        ("segment_sizes_over_time", "history", ""),
        *((f"measure_{kind}", kind, some) for kind in ("means", "boxes") if some),
        *([("measure_pairs", "pairs", paired)] if len(measures) >= PAIRED[0] else []),
        ("score_grid", "grid", ""),
        *((f"{n}_{kind}", kind, n) for kind in ("mix", "ranking") for n in dimensions),
        ("pca_map", "map", ""),
        ("cluster_counts", "counts", ""),
        ("segment_migrations", "migrations", ""),
        ("refit_cadence", "cadence", ""),
    ]
    return [(name, kind, i, of, "") for i, (name, kind, of) in enumerate(charts, 1)]


def read_rows(
    tables: dict[str, DuckDBPyRelation],
    segmentation: str,
    table: str,
    columns: str,
    *,
    order: str,
    where: str = "true",
) -> list[tuple]:
    """Read columns in an order, without the last bits, which differ by run."""
    relation = tables[table].filter(f"segmentation = '{segmentation}' and ({where})")
    rows = relation.order(order).project(columns).fetchall()
    return [tuple(map(_rounded, row)) for row in rows]


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.10g}") if math.isfinite(value) else None


def _read_figures(rows: partial, chart: Chart) -> Any:
    """Read the rows behind a chart; nothing if there is nothing to draw."""
    if chart.kind == "sizes":
        return sum(segment.placed_count for segment in chart.segments)
    if chart.kind == "map":
        column = "explained_variance_share"
        components = rows("projection_components", column, order="component")
        medians, points = _read_points(rows, ("pca_x", "pca_y"))
        shares = [*sum(components, ()), 0.0][:2]
        loadings = rows(
            "projection_loadings",
            "component, feature_name, feature_level, loading",
            order="component, position",
            where="component <= 2",
        )
        return (shares, loadings, medians, points) if components and medians else ()
    if chart.kind == "pairs":
        few = f"point_number <= {MOST_PAIRED}"
        medians, points = _read_points(rows, chart.subjects, where=few)
        return (medians, points) if medians else ()
    table, columns, where = SOURCES[chart.kind]
    if chart.kind == "history":
        published = "published_at::varchar, segment_key, member_count"
        return _read_months(rows(table, published, order="published_at, segment_key"))
    subjects = ", ".join(map(quoted_text, (*chart.subjects, *chart.extras)))
    names = ", ".join(columns)
    where = where.format(subjects=subjects)
    figures = rows(table, names, order=names, where=where)
    if columns is MIX:
        if all(value is None for _, _, value, *_ in figures):
            return []
        return [(*row[:2], row[2] and in_one_case(row[2]), *row[3:]) for row in figures]
    return figures


def _read_months(sizes: list[tuple]) -> list[tuple]:
    """Keep the last publication of each month; nothing if all are of one."""
    last = {published_at[:7]: published_at for published_at, *_ in sizes}
    months = [*last][-MOST_MONTHS:]
    return [
        (month, *size)
        for published_at, *size in sizes
        for month in [published_at[:7]]
        if len(months) > 1 and month in months and last[month] == published_at
    ]


def _read_points(
    rows: partial, measures: tuple[str, ...], where: str = "true"
) -> tuple[list[tuple], list[tuple]]:
    """Medians of segments, and points of members, in measures or coordinates."""
    listed = ", ".join(map(quoted_text, measures))
    of_medians = f"figure = 'median' and measure in ({listed})"
    columns = "segment_key, measure, value"
    medians = rows("chart_boxes", columns, order=columns, where=of_medians)
    columns = ", ".join(("segment_key", *measures))
    return medians, rows("chart_points", columns, order=columns, where=where)
