"""The folder of the build database, and folders beside it for a while."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb


def folder_of(cursor: duckdb.DuckDBPyConnection) -> Path | None:
    """Give the folder of the build database; None if it is in memory."""
    ((path,),) = cursor.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchall()
    return Path(path).parent if path else None


@contextmanager
def passing_folder(cursor: duckdb.DuckDBPyConnection, *, prefix: str) -> Iterator[Path]:
    """Make a folder beside the build database for a while, readable by its owner only.

    What a killed build has left of its own is removed: no other process has this
    database open.
    """
    build_dir = folder_of(cursor)
    if build_dir:
        for leftover in build_dir.glob(f"{prefix}*"):
            shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=build_dir) as folder:
        yield Path(folder)
