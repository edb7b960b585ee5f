"""Write the files that are published beside the database: charts, exports, page."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

from segmentation.reporting.exports import enterprises_csv, recommendations_json
from segmentation.reporting.page import write_page

PAGE_NAME = "segments.html"
_READ_SIZE = 1 << 20


def write_files(
    cursor: DuckDBPyConnection,
    folder: Path,
    *,
    relations: Mapping[str, str],
    language: str,
) -> dict[str, str]:
    """Write every published file into a folder.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database.
    folder : pathlib.Path
        Where the publication is being made.
    relations : mapping of str to str
        Name of each model and seed to the relation that holds it.
    language : {'fr', 'en'}
        Language of the CSV file, and the one in which the page opens.

    Returns
    -------
    dict of str to str
        sha256 of each file, in hexadecimal, by its path in the folder.
    """
    _write_charts(cursor, folder / "charts", relations=relations)
    exports = folder / "exports"
    exports.mkdir()
    enterprises_csv.write_enterprises_csv(
        cursor,
        exports / enterprises_csv.FILE_NAME,
        relations=relations,
        language=language,
    )
    recommendations_json.write_recommendations_json(
        cursor, exports / recommendations_json.FILE_NAME, relations=relations
    )
    write_page(cursor, folder / PAGE_NAME, relations=relations, language=language)
    return digest_files(folder)


def digest_files(folder: Path) -> dict[str, str]:
    """Compute the sha256 of each file in a folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _write_charts(
    cursor: DuckDBPyConnection, folder: Path, *, relations: Mapping[str, str]
) -> None:
    """Write each chart as ``<chart_name>.png``."""
    folder.mkdir()
    charts = cursor.sql(
        f"select chart_name, png from {relations['charts']} order by chart_name"
    )
    for chart_name, png in charts.fetchall():
        (folder / f"{chart_name}.png").write_bytes(png)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ_SIZE):
            digest.update(block)
    return digest.hexdigest()
