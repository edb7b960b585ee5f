"""Draw every chart that there is something to draw of, in every language."""

import hashlib
import json
from importlib.metadata import version

import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from segmentation.reporting.charts.reading import read_charts
from segmentation.reporting.charts.texts import read_texts
from segmentation.typed_table import typed_table

LANGUAGES = ("fr", "en")
# To be raised with every change of how a chart looks: what is published is redrawn.
DRAWING_VERSION = 4
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
        for chart in read_charts(tables, name, **json.loads(variables)):
            for language in LANGUAGES:
                texts = read_texts(tables, chart, language=language)
                inputs = repr((DRAWING_VERSION, version("matplotlib"), chart, texts))
                digest = hashlib.md5(inputs.encode(), usedforsecurity=False).hexdigest()
                place = (name, chart.name, language, chart.position)
                if digest in published:
                    drawing = published[digest][len(place) : -1]
                else:
                    # matplotlib takes a second to import; most builds draw nothing.
                    from segmentation.reporting.charts.pictures import draw_chart

                    drawing = draw_chart(chart, texts)
                drawn.append((*place, *drawing, digest))
    rows = pd.DataFrame(drawn, columns=list(COLUMN_TYPES), dtype=object)
    return typed_table(connection, rows, COLUMN_TYPES)


def _rows(relation: DuckDBPyRelation, *columns: str) -> list[tuple]:
    return relation.project(", ".join(columns)).order(", ".join(columns)).fetchall()
