"""Publish the marts of a complete green build as one DuckDB file."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.errors import SegmentationError
from segmentation.publication.memory import DATABASE_NAME, identify_publication
from segmentation.sql_text import quoted, text

# Version of the published tables: raised when a column is renamed or removed.
SCHEMA_VERSION = 1
# A primary key costs time and space; beyond this many rows it is left out.
PRIMARY_KEY_ROW_LIMIT = 1_000_000
STORAGE_VERSION = "v1.2.0"
PUBLICATION_COLUMNS = (
    ("data_set", "varchar", "Name of the data set that the publication belongs to."),
    ("published_at", "timestamp", "Clock of the build that published it, UTC."),
    ("fit_id", "integer", "Fit of the model, a key of segmentation_fits."),
    ("enterprise_count", "bigint", "Number of active enterprises."),
    ("schema_version", "integer", "Version of the published tables."),
)
_GREEN = ("success", "pass", "warn")


def publish(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    command: str,
    is_empty_run: bool,
    expected_nodes: list[str],
    results: list[list[str]],
    marts: list[dict[str, Any]],
    data_set: str,
    published_at: str,
    remembered_file: str,
) -> str:
    """Publish the marts if the build was complete and green.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database.
    publish_dir : pathlib.Path
        Where the publication is kept.
    command : str
        The dbt command; only ``build`` publishes.
    is_empty_run : bool
        True for ``--empty``, which builds tables without rows.
    expected_nodes : list of str
        Every enabled model, seed, data test and unit test.
    results : list of [str, str]
        Node and status of everything that ran.
    marts : list of dict
        ``relation``, ``name``, ``description``, ``primary_key`` (list of columns)
        and ``columns`` (name to description) of each table to publish.
    data_set : str
        The data set that the publication belongs to.
    published_at : str
        The build's clock, ISO format.
    remembered_file : str
        Identity of the published file that the build remembers.

    Returns
    -------
    str
        One sentence: what was published, or why nothing was.

    Raises
    ------
    SegmentationError
        If the file cannot be written, or another build has put its own there since
        this one began: its part of the history would be lost.
    """
    refusal = _reason_not_to_publish(
        command=command,
        is_empty_run=is_empty_run,
        expected_nodes=expected_nodes,
        results=results,
    )
    if refusal:
        return f"Not published: {refusal}. {publish_dir}/ is as it was."
    target = publish_dir / DATABASE_NAME
    try:
        publish_dir.mkdir(parents=True, exist_ok=True)
        with _alone_in(publish_dir):
            if identify_publication(publish_dir) != remembered_file:
                raise SegmentationError(
                    f"The build passed, but {target} has changed since it began: what"
                    " another build published there would be lost. Run dbt build again,"
                    " to go on from it."
                )
            _write_database(
                cursor,
                target=target,
                marts=marts,
                data_set=data_set,
                published_at=published_at,
            )
    except (OSError, DuckDBError) as error:
        raise SegmentationError(
            f"The build passed, but {target} could not be written ({error}). The last"
            " publication is as it was: mend the cause, such as a full disk or a wrong"
            " PUBLISH_DIR, then run dbt build again."
        ) from error
    return f"Published {len(marts)} tables to {target}."


def _reason_not_to_publish(
    *,
    command: str,
    is_empty_run: bool,
    expected_nodes: list[str],
    results: list[list[str]],
) -> str | None:
    if command != "build":
        return f"only a whole 'dbt build' publishes, and this was 'dbt {command}'"
    if is_empty_run:
        return "--empty builds tables without rows"
    failed = sorted(n for n, status in results if status not in (*_GREEN, "skipped"))
    skipped = sorted(n for n, status in results if status == "skipped")
    if failed or skipped:
        first, verb = (failed, "failed") if failed else (skipped, "was skipped")
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        rest = f", {len(skipped)} were skipped" if failed and skipped else ""
        return f"{first[0]}{more} {verb}{rest}"
    missing = sorted(set(expected_nodes) - {node for node, _ in results})
    if missing:
        return (
            f"this build left out {len(missing)} of {len(expected_nodes)} models,"
            f" seeds and tests ({missing[0]} first)"
        )
    return None


def _write_database(
    cursor: DuckDBPyConnection,
    *,
    target: Path,
    marts: list[dict[str, Any]],
    data_set: str,
    published_at: str,
) -> None:
    """Write the file beside the target and put it in place in one step."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    for leftover in (unfinished, _wal(unfinished)):
        leftover.unlink(missing_ok=True)
    cursor.execute(
        f"attach {text(str(unfinished))} as publication"
        f" (storage_version '{STORAGE_VERSION}')"
    )
    try:
        try:
            for mart in marts:
                _copy_mart(cursor, mart)
            _describe_publication(cursor, data_set=data_set, published_at=published_at)
            cursor.execute("checkpoint publication")
        finally:
            cursor.execute("detach publication")
        _flush(unfinished)
        # A reader that wrote to the old file may have left its log behind: replayed
        # on the new file it would break it.
        _wal(target).unlink(missing_ok=True)
        os.replace(unfinished, target)
    finally:
        # Gone already if all went well; else it would keep the space of a full disk.
        for leftover in (unfinished, _wal(unfinished)):
            leftover.unlink(missing_ok=True)
    _flush(target.parent)


def _copy_mart(cursor: DuckDBPyConnection, mart: dict[str, Any]) -> None:
    table = f"publication.main.{quoted(mart['name'])}"
    source = cursor.sql(f"select * from {mart['relation']}")
    columns = [
        f"{quoted(name)} {type_}"
        for name, type_ in zip(source.columns, source.types, strict=True)
    ]
    key = ", ".join(map(quoted, mart["primary_key"]))
    row_count = source.aggregate("count(*)").fetchall()[0][0]
    if key and row_count <= PRIMARY_KEY_ROW_LIMIT:
        columns.append(f"primary key ({key})")
    cursor.execute(f"create table {table} ({', '.join(columns)})")
    cursor.execute(
        f"insert into {table} select * from {mart['relation']} order by {key or 'all'}"
    )
    cursor.execute(f"comment on table {table} is {text(mart['description'])}")
    for name, description in mart["columns"].items():
        cursor.execute(
            f"comment on column {table}.{quoted(name)} is {text(description)}"
        )


def _describe_publication(
    cursor: DuckDBPyConnection, *, data_set: str, published_at: str
) -> None:
    table = "publication.main.publication"
    columns = ", ".join(f"{name} {type_}" for name, type_, _ in PUBLICATION_COLUMNS)
    cursor.execute(f"create table {table} ({columns})")
    cursor.execute(
        f"insert into {table} select ?, cast(? as timestamp),"
        " (select max(fit_id) from publication.main.segmentation_fits),"
        " (select count(*) from publication.main.enterprise_segments), ?",
        [data_set, published_at, SCHEMA_VERSION],
    )
    cursor.execute(
        f"comment on table {table} is"
        " 'One row: what this file holds, of which data set and when.'"
    )
    for name, _, description in PUBLICATION_COLUMNS:
        cursor.execute(f"comment on column {table}.{name} is {text(description)}")


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Wait until no other build writes into the folder; released when one dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _wal(database: Path) -> Path:
    return database.with_name(database.name + ".wal")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
