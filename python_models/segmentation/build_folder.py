"""The folder of the build database, folders beside it, and where a command starts."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from segmentation.errors import SegmentationError

BUILD_DIR = Path("build")
# What dbt writes into its log alone; without it each line of that is a traceback.
LEAST_FREE_BYTES = 10_000_000


def check_project_folder() -> None:
    """Refuse to start elsewhere: paths of the project are relative to its folder."""
    if not Path("python_models", "segmentation").is_dir():
        raise SegmentationError(
            f"This was started in {Path.cwd()}, which is not the project's folder:"
            f" start it in {Path(__file__).resolve().parents[2]}."
        )


def prepare_start(record_name: str) -> None:
    """Forget what an earlier command has recorded, before dbt is started.

    Raises
    ------
    SegmentationError
        If this is not the project's folder, or not all can be written that dbt
        writes, of which dbt says nothing or a traceback.
    """
    check_project_folder()
    for folder in written_folders():
        check_writable(folder, remedy="see to it, or build in a copy of the project")
        for place, _, names in os.walk(folder):
            for path in (Path(place), *(Path(place, name) for name in names)):
                # What another build has removed meanwhile cannot be written either.
                if not os.access(path, os.W_OK) and path.exists():
                    raise SegmentationError(
                        f"{path} belongs to another user and cannot be written: delete"
                        " it, or build in a copy of the project."
                    )
    make_private(BUILD_DIR)
    # What it says of another command would be taken for this one's.
    (BUILD_DIR / record_name).unlink(missing_ok=True)


def written_folders() -> list[Path]:
    """List where builds and dbt write in the project, the build database first."""
    target = Path(os.environ.get("DBT_TARGET_PATH", "target"))
    return [BUILD_DIR, target, Path(os.environ.get("DBT_LOG_PATH", "logs"))]


def make_private(folder: Path) -> None:
    """Make the folder of the build database, which only its owner may read.

    One that is somebody's choice and was there before stays as it is.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.resolve() == BUILD_DIR.resolve():
        # What another user has made is that one's to open or close.
        with suppress(PermissionError):
            folder.chmod(0o700)


def check_writable(folder: Path, *, remedy: str) -> None:
    """Refuse a folder in which nothing can be written or, if it is not there, made."""
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        # It has no name: nothing of it is ever seen.
        tempfile.TemporaryFile(dir=there).close()
        disk = shutil.disk_usage(there)
        # Some file systems have no size.
        if disk.total > 0 and disk.free < LEAST_FREE_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise SegmentationError(
            f"The folder {folder}/ cannot be written ({error.strerror}): {remedy}."
        ) from None


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
