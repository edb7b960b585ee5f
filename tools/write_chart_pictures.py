"""Write the charts of one segmentation of a publication as PNG files.

Usage: ``python tools/write_chart_pictures.py [DATABASE [FOLDER [SEGMENTATION]]]``, by
default those of ``visibility`` from ``published/segmentation.duckdb`` to
``assets/charts``, where the README finds those of the demonstration data. Pictures of
charts that there are no longer are deleted.
"""

import sys
from pathlib import Path

import duckdb

DEFAULTS = ["published/segmentation.duckdb", "assets/charts", "visibility"]


def write_chart_pictures(
    database: Path, folder: Path, segmentation: str = DEFAULTS[2]
) -> list[Path]:
    """Write the pictures, and return their paths."""
    with duckdb.connect(str(database), read_only=True) as connection:
        charts = connection.execute(
            "select chart_name, png from charts where segmentation = ?"
            " order by position",
            [segmentation],
        ).fetchall()
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.png"):
        stale.unlink()
    for chart_name, png in charts:
        (folder / f"{chart_name}.png").write_bytes(png)
    return [folder / f"{chart_name}.png" for chart_name, _ in charts]


if __name__ == "__main__":
    given = sys.argv[1:4]
    database, folder, segmentation = [*given, *DEFAULTS[len(given) :]]
    for path in write_chart_pictures(Path(database), Path(folder), segmentation):
        print(path)
