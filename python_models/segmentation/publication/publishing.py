"""Publish the marts of a complete green build, with their charts, exports and page."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from segmentation.errors import SegmentationError
from segmentation.publication.memory import (
    DATABASE_NAME,
    SCHEMA_VERSION,
    identify_publication,
)
from segmentation.publication.publication_folder import (
    changing,
    render_files,
    replace_publication,
    settle,
)
from segmentation.publication.scoring import COLUMNS as SCORING_COLUMNS
from segmentation.publication.scoring import list_scoring_steps
from segmentation.sql_text import quoted, text

# An exposure is not run: no-op.
_GREEN = ("success", "pass", "warn", "no-op")
_DESCRIBED = ("members", "key", "measures", "dimensions")
# A primary key costs time and space; beyond this many rows it is left out.
PRIMARY_KEY_ROW_LIMIT = 100_000
# Every client from 1.2 on reads the file.
STORAGE_VERSION = "v1.2.0"
_PUBLICATION = {
    "data_set string": "Name of the data set that the publication belongs to.",
    "raw_source string": "Where the raw tables came from: seeds, files or another"
    " source.",
    "published_at timestamp": "Clock of the build that published it, UTC.",
    "language string": "Language of the CSV file, in which the page opens: fr, en",
    "schema_version integer": "Version of the published tables, raised when a column"
    " is renamed or removed.",
    "segmentations string": "JSON object by segmentation: fit_id (key of"
    " segmentation_fits), member_count, the table of its members with its key, its"
    " measures and its dimensions.",
    "tables string": "JSON object: the number of rows of each other table of this"
    " file, by name.",
    "files string": "JSON object: the sha256 (hexadecimal) of each file that was"
    " published with this one, by its path in the folder.",
}


def publish(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    command: str,
    is_empty_run: bool,
    expected_nodes: list[str],
    results: list[list[str]],
    remembered_file: str,
    **contents: Any,
) -> tuple[str, dict[str, Any] | None]:
    """Publish the marts if the build was complete and green.

    ``expected_nodes`` are every enabled model, seed and data test, ``results`` node and
    status of everything that ran. ``contents`` are ``marts`` (``relation``, ``name``,
    ``description``, ``primary_key``, ``columns``: descriptions by name),
    ``segmentations`` (by name; one whose members are not published is left out),
    ``scoring_steps`` (see `scoring.list_scoring_steps`), and texts of the table
    ``publication``.

    Returns
    -------
    sentence : str
        What was published, or why nothing was.
    publication : dict or None
        The row of the table ``publication``; None if nothing was published.

    Raises
    ------
    SegmentationError
        If a file cannot be written, or another build has put its own there since
        this one began: its part of the history would be lost.
    """
    refusal = _reason_not_to_publish(command, is_empty_run, expected_nodes, results)
    if refusal:
        return f"Not published: {refusal}. {publish_dir}/ is as it was.", None
    target = publish_dir / DATABASE_NAME
    try:
        publish_dir.mkdir(parents=True, exist_ok=True)
        with changing(publish_dir) as folder:
            if identify_publication(publish_dir) != remembered_file:
                raise SegmentationError(
                    f"The build passed, but {target} has changed since it began, by"
                    " another build or a rollback, which would be lost. Run dbt build"
                    " again, to go on from it."
                )
            tables = _write_database(cursor, folder / DATABASE_NAME, **contents)
            files = render_files(folder)
            with duckdb.connect(str(folder / DATABASE_NAME)) as published:
                listed = json.dumps(files, sort_keys=True, ensure_ascii=False)
                published.execute("update publication set files = ?", [listed])
            publication = replace_publication(publish_dir, folder)
    except (OSError, duckdb.Error) as error:
        with suppress(SegmentationError):
            settle(publish_dir)
        raise SegmentationError(
            f"The build passed, but {target} could not be written ({error}). The last"
            " publication is as it was: mend the cause, such as a full disk or a wrong"
            " PUBLISH_DIR, then run dbt build again."
        ) from error
    counts = f"{len(tables)} tables and {len(files)} files"
    return f"Published {counts} to {publish_dir}/.", publication


def _reason_not_to_publish(
    command: str, is_empty_run: bool, expected: list[str], results: list[list[str]]
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
    missing = sorted(set(expected) - {node for node, _ in results})
    if missing:
        return (
            f"this build left out {len(missing)} of {len(expected)} models,"
            f" seeds and tests ({missing[0]} first)"
        )
    return None


def _write_database(
    cursor: DuckDBPyConnection,
    path: Path,
    *,
    marts: list[dict[str, Any]],
    segmentations: dict[str, dict[str, Any]],
    scoring_steps: Sequence[dict[str, Any]] = (),
    **row: Any,
) -> dict[str, int]:
    """Write the marts into a new DuckDB file; give the number of rows of each."""
    cursor.execute(
        f"attach {text(str(path))} as publication (storage_version '{STORAGE_VERSION}')"
    )
    try:
        row_counts = {mart["name"]: _copy_mart(cursor, mart) for mart in marts}
        described = {}
        for name, entry in segmentations.items():
            # One whose raw table is absent has no members.
            if row_counts.get(entry["members"]):
                fits = cursor.table("publication.main.segmentation_fits")
                of = fits.filter(f"segmentation = {text(name)}")
                described[name] = {
                    "fit_id": of.max("fit_id").fetchall()[0][0],
                    "member_count": row_counts[entry["members"]],
                    **{n: entry[n] for n in _DESCRIBED},
                }
        if steps := list_scoring_steps(cursor, scoring_steps):
            row_counts["scoring_steps"] = len(steps)
            what = (
                "One row per step of scoring somebody who is not in the data, in order:"
                " tables, then queries. For POST /score of the API."
            )
            _write_table(cursor, "scoring_steps", what, SCORING_COLUMNS, steps)
        row |= {"schema_version": SCHEMA_VERSION, "files": "{}"}
        row["segmentations"] = json.dumps(described)
        row["tables"] = json.dumps(row_counts, sort_keys=True)
        values = tuple(row[column.split()[0]] for column in _PUBLICATION)
        what = "One row: what this file holds, of which data set and when."
        _write_table(cursor, "publication", what, _PUBLICATION, [values])
        cursor.execute("checkpoint publication")
    finally:
        cursor.execute("detach publication")
    return row_counts


def _write_table(
    cursor: DuckDBPyConnection,
    name: str,
    description: str,
    columns: dict[str, str],
    rows: Iterable[tuple],
) -> None:
    """Write a table that no model makes; columns are texts by name and type."""
    table = f"publication.main.{name}"
    cursor.execute(f"create table {table} ({', '.join(columns)})")
    places = ", ".join("?" * len(columns))
    for row in rows:
        cursor.execute(f"insert into {table} values ({places})", row)
    texts = {column.split()[0]: what for column, what in columns.items()}
    _comment(cursor, table, description, texts)


def _copy_mart(cursor: DuckDBPyConnection, mart: dict[str, Any]) -> int:
    """Copy one mart in the order of its key; give its number of rows."""
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
    _comment(cursor, table, mart["description"], mart["columns"])
    return row_count


def _comment(
    cursor: DuckDBPyConnection, table: str, description: str, columns: dict[str, str]
) -> None:
    cursor.execute(f"comment on table {table} is {text(description)}")
    for name, what in columns.items():
        cursor.execute(f"comment on column {table}.{quoted(name)} is {text(what)}")
