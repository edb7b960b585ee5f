"""Draw every chart that there is something to draw of, in every language."""

import hashlib
import json
from importlib.metadata import version

import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from segmentation.errors import SegmentationError
from segmentation.reporting.charts.reading import ChartPlan, ChartTables, read_chart
from segmentation.reporting.charts.texts import (
    EVERY_CHART,
    EVERY_SEGMENTATION,
    ChartTexts,
)
from segmentation.typed_table import typed_table

LANGUAGES = ("fr", "en")
# To be raised with every change of how a chart looks: what is published is redrawn.
DRAWING_VERSION = 2
# As many measures stand side by side in a chart that nobody has planned.
MOST_PANELS = 5
COLUMN_TYPES = {
    "segmentation": "string",
    "chart_name": "string",
    "language": "string",
    "position": "integer",
    "title": "string",
    "description": "string",
    "alternative_text": "string",
    "png": "binary",
    "digest": "string",
}


def draw_charts(
    tables: dict[str, DuckDBPyRelation],
    *,
    published_drawings: DuckDBPyRelation,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Draw all charts of all segmentations in all languages, but what is published.

    ``published_drawings`` are this table as it was published last: a drawing of the
    same digest is kept. One row per chart and language; a chart with nothing to draw
    has none.

    Raises
    ------
    SegmentationError
        If a planned chart cannot be, a text is missing or has an unknown field.
    """
    published = {row[-1]: row for row in _rows(published_drawings, *COLUMN_TYPES)}
    drawn = []
    for name, variables in _rows(
        tables["segmentation_variables"], "segmentation", "variables"
    ):
        seen = ChartTables(tables, name)
        segments = seen.segments()
        for plan in plan_charts(seen, **json.loads(variables)):
            content = read_chart(plan, seen, segments)
            for language in LANGUAGES if content else ():
                texts = read_texts(seen, plan, language=language)
                inputs = repr((DRAWING_VERSION, version("matplotlib"), content, texts))
                digest = hashlib.md5(inputs.encode(), usedforsecurity=False).hexdigest()
                place = (name, plan.name, language, plan.position)
                if digest in published:
                    drawing = published[digest][len(place) : -1]
                else:
                    # matplotlib takes a second to import; most builds draw nothing.
                    from segmentation.reporting.charts.pictures import draw_chart

                    drawing = draw_chart(content, texts)
                drawn.append((*place, *drawing, digest))
    rows = pd.DataFrame(drawn, columns=list(COLUMN_TYPES), dtype=object)
    return typed_table(connection, rows, COLUMN_TYPES)


def plan_charts(
    tables: ChartTables, measures: list[str], dimensions: list[str], **_
) -> list[ChartPlan]:
    """The charts of a segmentation: as the seed has them, or else one per kind.

    Raises
    ------
    SegmentationError
        If a chart has subjects that its segmentation or its kind has not.
    """
    columns = "chart_name, kind, position, subjects, extra_subjects"
    planned = tables.rows("segmentation_charts", columns, order="position, chart_name")
    if not planned:
        some = " ".join(measures[:MOST_PANELS])
        default = [
            ("segment_sizes", "sizes", ""),
            *((f"measure_{kind}", kind, some) for kind in ("means", "boxes") if some),
            *(
                (f"{n}_{kind}", kind, n)
                for kind in ("mix", "ranking")
                for n in dimensions
            ),
            ("pca_map", "map", ""),
            ("cluster_counts", "counts", ""),
            ("segment_migrations", "migrations", ""),
        ]
        planned = [(n, kind, i, of, "") for i, (n, kind, of) in enumerate(default, 1)]
    plans = []
    for name, kind, position, *subjects in planned:
        main, extras = (tuple((text or "").split()) for text in subjects)
        offered = {"means": measures, "boxes": measures, "mix": dimensions,
                   "ranking": dimensions}.get(kind, [])  # fmt: skip
        if bool(main) != bool(offered) or not {*main, *extras} <= {*offered}:
            raise SegmentationError(
                f"The seed segmentation_charts plans {name} of {tables.segmentation} as"
                f" {kind!r} of {' '.join((*main, *extras)) or 'nothing'}, and that is"
                f" drawn of {', '.join(offered) or 'no subjects'}."
            )
        plans.append(ChartPlan(name, kind, position, main, extras))
    return plans


def read_texts(tables: ChartTables, plan: ChartPlan, *, language: str) -> ChartTexts:
    """Read the texts that a chart may use, in one language."""
    columns = f"name, short_label_{language}, unit"
    words = tables.rows("measure_texts", columns, order="name")
    wording = _rows(
        tables.tables["chart_texts"].filter(f"text_{language} is not null"),
        *("segmentation", "chart_name", "text_name", f"text_{language}"),
    )
    return ChartTexts(
        wording={
            tuple(place): text
            for *place, text in wording
            if place[0] in (tables.segmentation, EVERY_SEGMENTATION)
            and place[1] in (plan.name, plan.kind, EVERY_CHART)
        },
        words={name: (label or name, unit or "") for name, label, unit in words},
        segmentation=tables.segmentation,
        chart_name=plan.name,
        kind=plan.kind,
        language=language,
        subject="".join(plan.subjects[:1]),
    )


def _rows(relation: DuckDBPyRelation, *columns: str) -> list[tuple]:
    return relation.project(", ".join(columns)).order(", ".join(columns)).fetchall()
