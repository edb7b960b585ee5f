"""Draw every chart that there is something to draw of, in every language."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from duckdb import DuckDBPyConnection, DuckDBPyRelation

from segmentation.learning.typed_table import empty_table, typed_table
from segmentation.reporting.charts import (
    boxes,
    cluster_counts,
    coordinates,
    followers,
    migrations,
    mixes,
    rankings,
    sizes,
)
from segmentation.reporting.charts.chart import Chart
from segmentation.reporting.charts.sources import ChartSources
from segmentation.reporting.charts.style import own_style
from segmentation.reporting.charts.texts import ChartTexts, read_wording

LANGUAGES = ("fr", "en")
COLUMN_TYPES = {
    "chart_name": "varchar",
    "language": "varchar",
    "position": "integer",
    "title": "varchar",
    "description": "varchar",
    "alternative_text": "varchar",
    "png": "blob",
}


@dataclass(frozen=True)
class ChartKind:
    """How one chart is made.

    Attributes
    ----------
    name : str
    read : callable
        Takes the sources; None when there is nothing to draw.
    draw : callable
        Takes what was read and the texts; gives the chart.
    """

    name: str
    read: Callable[[ChartSources], Any]
    draw: Callable[[Any, ChartTexts], Chart]


# In the order in which they tell: who there is, what they are, how far to trust it.
CHART_KINDS = (
    ChartKind("segment_sizes", sizes.read_sizes, sizes.draw_sizes),
    ChartKind("followers_by_platform", followers.read_means, followers.draw_means),
    ChartKind("social_indicators", boxes.read_boxes, boxes.draw_boxes),
    ChartKind("category_mix", mixes.read_mixes, mixes.draw_mixes),
    ChartKind("sectors", rankings.read_sectors, rankings.draw_ranking),
    ChartKind("cities", rankings.read_cities, rankings.draw_ranking),
    ChartKind("pca_map", coordinates.read_map, coordinates.draw_map),
    ChartKind(
        "cluster_counts",
        cluster_counts.read_cluster_counts,
        cluster_counts.draw_cluster_counts,
    ),
    ChartKind(
        "segment_migrations", migrations.read_migrations, migrations.draw_migrations
    ),
)


def draw_charts(
    sources: ChartSources,
    *,
    texts: DuckDBPyRelation,
    connection: DuckDBPyConnection,
) -> DuckDBPyRelation:
    """Draw all charts in all languages.

    Parameters
    ----------
    sources : ChartSources
    texts : duckdb.DuckDBPyRelation
        The seed ``chart_texts``.
    connection : duckdb.DuckDBPyConnection
        The connection that the relations belong to.

    Returns
    -------
    duckdb.DuckDBPyRelation
        One row per chart and language; a chart with nothing to draw has none.

    Raises
    ------
    SegmentationError
        If a text is missing or has a field that its chart does not give.
    """
    wording = read_wording(texts)
    rows = []
    with own_style():
        for position, kind in enumerate(CHART_KINDS, start=1):
            content = kind.read(sources)
            if content is None:
                continue
            for language in LANGUAGES:
                chart = kind.draw(
                    content,
                    ChartTexts(
                        wording=wording, chart_name=kind.name, language=language
                    ),
                )
                rows.append(
                    {
                        "chart_name": kind.name,
                        "language": language,
                        "position": position,
                        "title": chart.title,
                        "description": chart.reading,
                        "alternative_text": chart.alternative_text,
                        "png": chart.sheet.to_png(),
                    }
                )
    if not rows:
        return empty_table(connection, COLUMN_TYPES)
    return typed_table(connection, pd.DataFrame(rows), COLUMN_TYPES)
