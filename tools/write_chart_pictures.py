"""Write the charts of a publication as PNG files, one per chart.

Usage: ``python tools/write_chart_pictures.py [DATABASE [FOLDER]]``, by default from
``published/segmentation.duckdb`` to ``assets/charts``, where the README finds those of
the demonstration data. Pictures of charts that there are no longer are deleted.
"""

import sys
from pathlib import Path

import duckdb

DATABASE = "published/segmentation.duckdb"
FOLDER = "assets/charts"


def write_chart_pictures(database: Path, folder: Path) -> list[Path]:
    """Write the pictures, and return their paths."""
    with duckdb.connect(str(database), read_only=True) as connection:
        charts = connection.sql(
            "select chart_name, png from charts order by position"
        ).fetchall()
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.png"):
        stale.unlink()
    paths = [folder / f"{chart_name}.png" for chart_name, _ in charts]
    for path, (_, png) in zip(paths, charts, strict=True):
        path.write_bytes(png)
    return paths


if __name__ == "__main__":
    given = sys.argv[1:3]
    database, folder = map(Path, [*given, *(DATABASE, FOLDER)[len(given) :]])
    for path in write_chart_pictures(database, folder):
        print(path)
