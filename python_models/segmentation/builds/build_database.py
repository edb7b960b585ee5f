"""Where the build database is, and waiting for it: one process may open it."""

import math
import re
import time
from pathlib import Path

import duckdb
from dbt.adapters.events.logging import AdapterLogger

from segmentation.errors import SegmentationError

_logger = AdapterLogger("Segmentation")
# Of the whole message only this: a folder may be named "blocks".
_LOCKED = "Could not set lock on file"
_HOLDER = re.compile(r"held in (?P<program>\S+) \(PID (?P<pid>\d+)\)")
_ASK_AGAIN_SECONDS = 0.5
# A million enterprises are built in it as fast as in more.
MEMORY_LIMIT = "1GB"


class BuildDatabaseBusyError(SegmentationError):
    """Another process has the build database open."""


def read_wait_seconds(value: str) -> float:
    """Read BUILD_WAIT_SECONDS, a number of 0 or more."""
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise SegmentationError(
            f"BUILD_WAIT_SECONDS is {value!r}: write a number of seconds, such as 60."
        )
    return seconds


def read_memory_limit(value: str) -> dict[str, str]:
    """Read MEMORY_LIMIT, as DuckDB does, into its configuration; empty is 1 GB."""
    config = {"memory_limit": value or MEMORY_LIMIT}
    try:
        with duckdb.connect(config=config) as connection:
            # Some kilobytes are too few even to open a database.
            connection.execute("select distinct range from range(1000)").fetchall()
    except duckdb.Error as error:
        raise SegmentationError(
            f"MEMORY_LIMIT is {value!r}: write how much memory DuckDB may use, such as"
            " 2GB."
        ) from error
    return config


def wait_for_database(path: Path, *, config: dict, wait_seconds: float) -> None:
    """Return when the build database can be opened, or say who has it.

    A file that DuckDB cannot read, such as one of a killed process on a full disk, is
    moved aside: the build database is disposable.

    Parameters
    ----------
    config
        DuckDB's configuration of the connection that will follow.

    Raises
    ------
    BuildDatabaseBusyError
        If another process still has it open after the wait.
    """
    deadline = time.monotonic() + wait_seconds
    is_told = is_moved_aside = False
    while True:
        try:
            duckdb.connect(str(path), config=config).close()
            return
        except duckdb.OutOfMemoryException:
            # The file is not to blame.
            raise
        except duckdb.Error as error:
            if _LOCKED not in str(error):
                if is_moved_aside:
                    raise _refusal(path, error) from error
                _move_aside(path, error)
                is_moved_aside = True
                continue
            holder = _describe_holder(str(error))
            if time.monotonic() >= deadline:
                raise BuildDatabaseBusyError(
                    f"The build database {path} is open in {holder}, and was for"
                    f" {wait_seconds:g} seconds. Wait for it or close it: BI tools"
                    " should read the publication instead. BUILD_WAIT_SECONDS says how"
                    " long to wait."
                ) from None
        if not is_told:
            _logger.info(
                f"Waiting up to {wait_seconds:g} seconds for {path}, which is open in"
                f" {holder}."
            )
            is_told = True
        time.sleep(_ASK_AGAIN_SECONDS)


def _describe_holder(message: str) -> str:
    found = _HOLDER.search(message)
    if not found:
        return "another program"
    return f"another program ({Path(found['program']).name}, process {found['pid']})"


def _move_aside(path: Path, error: duckdb.Error) -> None:
    aside = path.with_name(f"{path.name}.unreadable")
    # An empty file is what a full disk leaves of a new one.
    if not path.is_file() or path.stat().st_size == 0:
        raise _refusal(path, error) from error
    try:
        path.replace(aside)
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
    except OSError:
        raise _refusal(path, error) from error
    _logger.info(
        f"The build database {path} cannot be read ({error}). It was moved to {aside},"
        " and everything is built anew."
    )


def _refusal(path: Path, error: duckdb.Error) -> SegmentationError:
    return SegmentationError(
        f"The build database {path} cannot be made ({error}): see to the folder, or to"
        " a full disk."
    )
