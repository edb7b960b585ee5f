"""Read what charts show: a few ordered rows of each, as plain values.

What is read is all that a drawing depends on besides its texts, so its digest tells
whether a published picture is still the right one.
"""

import math
from collections.abc import Callable
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from duckdb import DuckDBPyRelation

from segmentation.errors import SegmentationError

VALUES_PER_SEGMENT = 5
MOST_PLACES = 30
# As many measures stand side by side in a chart that nobody has planned.
MOST_PANELS = 5
COUNT_COLUMNS = (
    *("cluster_count", "inertia", "silhouette", "null_silhouette"),
    *("highest_null_silhouette", "is_selected", "is_advised"),
)
Rows = Callable[..., list[tuple]]


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

    ``subjects`` are measures or one dimension, the main one first; ``extras`` are
    measures that are drawn only where somebody has any, and never singled out.
    ``segments`` are in their order, ``figures`` as the reader of the kind has them.
    """

    segmentation: str
    name: str
    kind: str
    position: int
    subjects: tuple[str, ...]
    extras: tuple[str, ...]
    segments: list[Segment]
    figures: Any = None


def read_charts(
    tables: dict[str, DuckDBPyRelation],
    segmentation: str,
    *,
    measures: list[str],
    dimensions: list[str],
    **_: Any,
) -> list[Chart]:
    """Read the charts of a segmentation that there is something to draw of.

    They are those of the seed, or else one per kind and dimension.

    Raises
    ------
    SegmentationError
        If a chart has subjects that its segmentation or its kind has not.
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
                   "ranking": dimensions}.get(kind, [])  # fmt: skip
        if bool(subjects) != bool(offered) or not {*subjects, *extras} <= {*offered}:
            raise SegmentationError(
                f"The seed segmentation_charts plans {name} of {segmentation} as"
                f" {kind!r} of {' '.join((*subjects, *extras)) or 'nothing'}, and that"
                f" is drawn of {', '.join(offered) or 'no subjects'}."
            )
        shown = {
            "sizes": [s for s in segments if s.is_current or s.placed_count],
            "migrations": segments,
        }.get(kind, [segment for segment in segments if segment.is_current])
        chart = Chart(segmentation, name, kind, position, subjects, extras, shown)
        if figures := READERS[kind](rows, chart):
            charts.append(chart._replace(figures=figures))
    return charts


def _every_kind(measures: list[str], dimensions: list[str]) -> list[tuple]:
    some = " ".join(measures[:MOST_PANELS])
    charts = [
        ("segment_sizes", "sizes", ""),
        *((f"measure_{kind}", kind, some) for kind in ("means", "boxes") if some),
        *((f"{n}_{kind}", kind, n) for kind in ("mix", "ranking") for n in dimensions),
        ("pca_map", "map", ""),
        ("cluster_counts", "counts", ""),
        ("segment_migrations", "migrations", ""),
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
    group: str = "",
) -> list[tuple]:
    """Read columns in an order, without the last bits, which differ by run."""
    relation = tables[table].filter(f"segmentation = '{segmentation}' and ({where})")
    if group:
        rows = relation.aggregate(columns, group).order(order).fetchall()
    else:
        rows = relation.order(order).project(columns).fetchall()
    return [tuple(map(_rounded, row)) for row in rows]


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.10g}") if math.isfinite(value) else None


def _read_sizes(rows: Rows, chart: Chart) -> int:
    return sum(segment.placed_count for segment in chart.segments)


def _read_means(rows: Rows, chart: Chart) -> dict:
    """Of each measure and segment, the mean and the number of unknown values."""
    unknown = "cast(round(member_count * (1 - known_share)) as bigint)"
    read = {
        row[:2]: row[2:]
        for row in rows(
            "cluster_measures",
            f"measure, segment_key, mean_value, coalesce({unknown}, 0)",
            order="segment_key",
        )
    }
    means = {
        measure: {s.key: read.get((measure, s.key), (None, 0)) for s in chart.segments}
        for measure in (*chart.subjects, *chart.extras)
    }
    return _of_members(chart, means, itemgetter(0))


def _read_boxes(rows: Rows, chart: Chart) -> dict:
    """Of each measure and segment, lists of values by figure: quartiles, outliers."""
    boxes: dict[str, dict[str, dict[str, list[float]]]] = {
        measure: {segment.key: {} for segment in chart.segments}
        for measure in (*chart.subjects, *chart.extras)
    }
    columns = "segment_key, measure, figure, value"
    for key, measure, figure, value in rows(
        "chart_boxes", columns, order="figure, figure_number"
    ):
        if key in boxes.get(measure, ()):
            boxes[measure][key].setdefault(figure, []).append(value)
    ends = ("low_whisker", "high_whisker", "outlier")
    return _of_members(
        chart, boxes, lambda box: any(any(box.get(end, ())) for end in ends)
    )


def _of_members(chart: Chart, figures: dict, has_any: Callable) -> dict:
    """Leave out the extras that nobody has any of, and all where nobody is."""
    if not any(segment.model_count for segment in chart.segments):
        return {}
    return {
        measure: of
        for measure, of in figures.items()
        if measure in chart.subjects or any(map(has_any, of.values()))
    }


def _read_mix(rows: Rows, chart: Chart) -> dict[str, list[tuple]]:
    """Of each segment, the first values with share, population's share and members.

    The unknown comes last, and is None.
    """
    read = rows(
        "cluster_mix",
        "segment_key, dimension_value, cluster_share, population_share, member_count",
        order="segment_key, dimension_value is null, value_rank",
        # One more, for the unknown value has a rank too.
        where=f"dimension = '{chart.subjects[0]}'"
        f" and (dimension_value is null or value_rank <= {VALUES_PER_SEGMENT + 1})",
    )
    mixes = {}
    for key, group in groupby(read, key=lambda row: row[0]):
        mix = [row[1:] for row in group]
        known = [row for row in mix if row[0] is not None][:VALUES_PER_SEGMENT]
        mixes[key] = known + [row for row in mix if row[0] is None]
    return mixes if any(mix[0][0] is not None for mix in mixes.values()) else {}


def _read_ranking(rows: Rows, chart: Chart) -> tuple:
    """The first values, each with members in all and by segment; and the rest.

    The rest are the numbers of other values, of their members, and of members of whom
    the value is not known.
    """
    values = rows(
        "cluster_mix",
        "dimension_value, cast(sum(member_count) as bigint) as total,"
        " list(segment_key order by segment_key) as keys,"
        " list(member_count order by segment_key) as counts",
        where=f"dimension = '{chart.subjects[0]}'",
        group="dimension_value",
        order="total desc, dimension_value",
    )
    known = [value for value in values if value[0] is not None]
    places = [
        (name, total, dict(zip(keys, counts, strict=True)))
        for name, total, keys, counts in known[:MOST_PLACES]
    ]
    others = known[MOST_PLACES:]
    unknown = sum(value[1] for value in values if value[0] is None)
    return (places, len(others), sum(v[1] for v in others), unknown) if places else ()


def _read_map(rows: Rows, chart: Chart) -> tuple:
    """The axes' shares of variance, and points and medians by segment."""
    column = "explained_variance_share"
    components = rows("projection_components", column, order="component")
    medians = rows(
        "chart_boxes", "segment_key, value", order="segment_key, measure",
        where="figure = 'median' and measure in ('pca_x', 'pca_y')",
    )  # fmt: skip
    points: dict[str, list[tuple]] = {segment.key: [] for segment in chart.segments}
    centres = {
        key: [value for _, value in pair]
        for key, pair in groupby(medians, key=lambda row: row[0])
        if key in points
    }
    columns = "segment_key, pca_x, pca_y"
    for key, *place in rows("chart_points", columns, order="member_id"):
        points.get(key, []).append(place)
    shares = [*sum(components, ()), 0.0][:2]
    return (shares, points, centres) if components and centres else ()


def _read_counts(rows: Rows, chart: Chart) -> list[tuple]:
    columns = ", ".join(COUNT_COLUMNS)
    counts = rows("cluster_count_evaluation", columns, order="cluster_count")
    return counts if any(inertia is not None for _, inertia, *_ in counts) else []


def _read_migrations(rows: Rows, chart: Chart) -> dict[tuple[str, str], int]:
    """Of the latest fit that had a predecessor; segments by their names of today."""
    columns = "fit_id, from_segment_key, to_segment_key, member_count"
    read = rows("segment_migrations", columns, order=columns)
    return {row[1:3]: row[3] for row in read if row[0] == read[-1][0] and row[3]}


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
