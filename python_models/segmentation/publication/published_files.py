"""Write the files that are published beside the database: charts, exports, page."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

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
        Language in which the page opens.

    Returns
    -------
    dict of str to str
        sha256 of each file, in hexadecimal, by its path in the folder.
    """
    return digest_files(folder)


def digest_files(folder: Path) -> dict[str, str]:
    """Compute the sha256 of each file in a folder, by its path in it."""
    return {
        path.relative_to(folder).as_posix(): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ_SIZE):
            digest.update(block)
    return digest.hexdigest()
