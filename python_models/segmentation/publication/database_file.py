"""Write the published DuckDB file: the marts, their descriptions, what it all is."""

import json
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from segmentation.publication.memory import SCHEMA_VERSION
from segmentation.sql_text import quoted, text

# A primary key costs time and space; beyond this many rows it is left out.
PRIMARY_KEY_ROW_LIMIT = 1_000_000
STORAGE_VERSION = "v1.2.0"
PUBLICATION_COLUMNS = (
    ("data_set", "varchar", "Name of the data set that the publication belongs to."),
    (
        "raw_source",
        "varchar",
        "Where the raw tables came from: seeds, files or another source.",
    ),
    ("published_at", "timestamp", "Clock of the build that published it, UTC."),
    ("fit_id", "integer", "Fit of the model, a key of segmentation_fits."),
    ("enterprise_count", "bigint", "Number of active enterprises."),
    (
        "schema_version",
        "integer",
        "Version of the published tables, raised when a column is renamed or removed.",
    ),
    (
        "tables",
        "varchar",
        "JSON object: the number of rows of each other table of this file, by name.",
    ),
    (
        "files",
        "varchar",
        "JSON object: the sha256 (hexadecimal) of each file that was published with"
        " this one, by its path in the folder.",
    ),
)


def write_database(
    cursor: DuckDBPyConnection,
    path: Path,
    *,
    marts: list[dict[str, Any]],
    data_set: str,
    raw_source: str,
    published_at: str,
    file_digests: dict[str, str],
) -> dict[str, Any]:
    """Write the marts into a new DuckDB file that every client from 1.2 on reads.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database.
    path : pathlib.Path
        The file, which must not exist.
    marts : list of dict
        ``relation``, ``name``, ``description``, ``primary_key`` (list of columns)
        and ``columns`` (name to description) of each table.
    data_set, raw_source : str
        What the publication belongs to and where it came from.
    published_at : str
        The build's clock, ISO format.
    file_digests : dict of str to str
        sha256 of each file beside the database, by its path in the folder.

    Returns
    -------
    dict
        The row of the table ``publication``, by column.
    """
    cursor.execute(
        f"attach {text(str(path))} as publication (storage_version '{STORAGE_VERSION}')"
    )
    try:
        row_counts = {mart["name"]: _copy_mart(cursor, mart) for mart in marts}
        publication = _describe_publication(
            cursor,
            data_set=data_set,
            raw_source=raw_source,
            published_at=published_at,
            row_counts=row_counts,
            file_digests=file_digests,
        )
        cursor.execute("checkpoint publication")
    finally:
        cursor.execute("detach publication")
    return publication


def _copy_mart(cursor: DuckDBPyConnection, mart: dict[str, Any]) -> int:
    """Copy one mart in the order of its key; return its number of rows."""
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
    return row_count


def _describe_publication(
    cursor: DuckDBPyConnection,
    *,
    data_set: str,
    raw_source: str,
    published_at: str,
    row_counts: dict[str, int],
    file_digests: dict[str, str],
) -> dict[str, Any]:
    table = "publication.main.publication"
    columns = ", ".join(f"{name} {type_}" for name, type_, _ in PUBLICATION_COLUMNS)
    cursor.execute(f"create table {table} ({columns})")
    cursor.execute(
        f"insert into {table} select ?, ?, cast(? as timestamp),"
        " (select max(fit_id) from publication.main.segmentation_fits),"
        " (select count(*) from publication.main.enterprise_segments), ?, ?, ?",
        [
            data_set,
            raw_source,
            published_at,
            SCHEMA_VERSION,
            json.dumps(row_counts, sort_keys=True),
            json.dumps(file_digests, sort_keys=True, ensure_ascii=False),
        ],
    )
    cursor.execute(
        f"comment on table {table} is"
        " 'One row: what this file holds, of which data set and when.'"
    )
    for name, _, description in PUBLICATION_COLUMNS:
        cursor.execute(f"comment on column {table}.{name} is {text(description)}")
    row = cursor.sql(f"select * from {table}").fetchall()[0]
    names = [name for name, _, _ in PUBLICATION_COLUMNS]
    return dict(zip(names, row, strict=True))
