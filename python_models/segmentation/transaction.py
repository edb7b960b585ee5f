"""Change tables of the build database together or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

from duckdb import DuckDBPyConnection


@contextmanager
def transaction(cursor: DuckDBPyConnection) -> Iterator[None]:
    """Commit what is done inside, or roll it back if anything goes wrong."""
    cursor.begin()
    try:
        yield
    except BaseException:
        cursor.rollback()
        raise
    cursor.commit()
