"""Load and check the raw tables before anything is built from them."""

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.build_folder import passing_folder
from segmentation.errors import SegmentationError
from segmentation.raw import contacts as private
from segmentation.raw.csv_headers import check_header, read_header
from segmentation.raw.delivered_files import DeliveredFile, prepare_csv, prepare_parquet
from segmentation.raw.files import find_raw_files, listed
from segmentation.raw.postgres import QUERIES_DIR, load_from_postgres
from segmentation.raw.text_encoding import mend_values
from segmentation.sql_text import quoted
from segmentation.transaction import transaction

# What an agency may lack, and how the features begin that come from it alone, if any.
MAY_BE_EMPTY = {
    "recommendation_events": None,
    "social_accounts": "followers_",
    "turnover": "turnover_",
    "sales_lines": "total_sales_",
}
# Of columns that are not needed so many are kept, empty.
MOST_OTHERS = 100


def load_raw_tables(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    raw_source: str,
    raw_data_dir: str,
    columns: Mapping[str, Sequence[str]],
    relations: Mapping[str, str],
    numeric_features: Mapping[str, Sequence[str]],
    left_out_without: Mapping[str, str],
    is_empty_run: bool,
    contacts: Mapping[str, Any] | None = None,
) -> list[str]:
    """Load every raw table as text, or none of them; return what the log is to say.

    Seeds, which dbt loads itself, are only checked. `columns` and `relations` give the
    columns and the table to create of each raw table, `numeric_features` those of the
    active recipe of each segmentation, `left_out_without` the segmentation that is left
    out where a table has no rows; an empty run needs no row. `contacts` are the fields
    of `Contacts`; without it, contacts are not looked for.
    """
    told = []

    def check_rows(table: str, *, place: Path, has_rows: bool) -> None:
        if has_rows or is_empty_run:
            return
        if table in left_out_without:
            told.append(
                f"Raw table {table}: no rows, so the segmentation"
                f" {left_out_without[table]} is left out"
            )
        else:
            _check_empty(table, place=place, numeric_features=numeric_features)

    if raw_source == "seeds":
        for table, expected in columns.items():
            path = Path("seeds", "raw", f"raw_{table}.csv")
            header = read_header(path, expected=expected)
            check_header(header.columns, expected=expected, what=_what(table, path))
            check_rows(table, place=path, has_rows=header.has_rows)
        return told
    place = Path(raw_data_dir) if raw_source == "files" else QUERIES_DIR
    with ExitStack() as stack, transaction(cursor):
        plain = contacts and stack.enter_context(private.contacts_in_memory(**contacts))
        for schema in sorted({name.rsplit(".", 1)[0] for name in relations.values()}):
            cursor.execute(f"create schema if not exists {schema}")
        load = load_from_files if raw_source == "files" else load_from_postgres
        told += load(
            cursor, place, relations=relations, columns=columns, contacts=plain
        )
        for table, relation in relations.items():
            first = cursor.execute(f"select 1 from {relation} limit 1").fetchall()
            check_rows(table, place=place, has_rows=bool(first))
            told += [
                f"Raw table {table}: {line}"
                for line in mend_values(cursor, relation, columns[table])
            ]
        if plain:
            mended = mend_values(plain.memory, private.TABLE, plain.columns)
            told += [f"Raw table {private.TABLE}: {line}" for line in mended]
            private.load_digests(cursor, plain)
    return told


def load_from_files(
    cursor: DuckDBPyConnection,
    folder: Path,
    *,
    relations: Mapping[str, str],
    columns: Mapping[str, Sequence[str]],
    contacts: private.Contacts | None = None,
) -> list[str]:
    """Load each raw table from its CSV and Parquet files, `contacts` into memory.

    Several files of a table are united by column name; values that are not
    needed are left out, and rows without any other: spreadsheets leave such rows behind
    the last one. All headers are read before any row: what is soon told is told soon.
    """
    places = {table: (cursor, relation) for table, relation in relations.items()}
    if contacts:
        places[private.TABLE] = (contacts.memory, private.TABLE)
        columns = {**columns, private.TABLE: contacts.columns}
    optional = {*MAY_BE_EMPTY, private.TABLE}
    files = find_raw_files(folder, tables=places, optional=optional)
    with ExitStack() as stack:
        copies = stack.enter_context(passing_folder(cursor, prefix="raw_files_"))

        def copy_of(table: str, number: int) -> Path:
            copy = copies / f"{table}_{number}"
            return private.unseen_file(stack, copy) if table == private.TABLE else copy

        deliveries = {
            table: [
                _prepare(cursor, path, table, columns[table], copy_of(table, n))
                for n, path in enumerate(files.of_table[table])
            ]
            for table in places
        }
        told = [
            f"Raw table {table}: {line}"
            for table, (database, relation) in places.items()
            for line in _load_table(
                database, relation, deliveries[table], columns[table]
            )
        ]
    if files.not_read:
        told.append(f"Not read in {folder}: {listed(files.not_read)}")
    return told


def _prepare(
    cursor: DuckDBPyConnection,
    path: Path,
    table: str,
    expected: Sequence[str],
    copy: Path,
) -> DeliveredFile:
    what = _what(table, path)
    try:
        if path.suffix.lower() == ".parquet":
            return prepare_parquet(cursor, path, what=what, expected=expected)
        return prepare_csv(path, what=what, expected=expected, copy=copy)
    except OSError as error:
        raise SegmentationError(
            f"The file {path} cannot be read ({error.strerror}): close it elsewhere and"
            " allow it to whoever builds."
        ) from error


def _load_table(
    cursor: DuckDBPyConnection,
    relation: str,
    deliveries: list[DeliveredFile],
    needed: Sequence[str],
) -> list[str]:
    # The data check lists the others by their names; their values are nobody's matter.
    others = dict.fromkeys(name for delivery in deliveries for name in delivery.unused)
    names = [*needed, *islice(others, MOST_OTHERS)]
    columns = ", ".join(f"{quoted(name)} varchar" for name in names)
    cursor.execute(f"create or replace table {relation} ({columns})")
    if not deliveries:
        return ["no file, read as a table without rows"]
    told = []
    for delivery in deliveries:
        try:
            ((row_count,),) = cursor.execute(
                f"insert into {relation} by name {delivery.query}"
            ).fetchall()
        except DuckDBError as error:
            raise SegmentationError(
                f"The file {delivery.path} cannot be read: {_cause(error)}"
                f" {delivery.advice}"
            ) from None
        remarks = [_rows(row_count), delivery.told]
        if delivery.unused:
            remarks.append(f"columns not used: {listed(delivery.unused)}")
        told.append(f"{delivery.path}, {'; '.join(remarks)}")
    is_blank = " and ".join(f"coalesce(trim({quoted(n)}), '') = ''" for n in needed)
    ((blank_count,),) = cursor.execute(
        f"delete from {relation} where {is_blank}"
    ).fetchall()
    if blank_count:
        told.append(f"{_rows(blank_count)} without a value in its columns left out")
    return told


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _what(table: str, path: Path) -> str:
    return f"The raw table {table} ({path})"


def _check_empty(
    table: str, *, place: Path, numeric_features: Mapping[str, Sequence[str]]
) -> None:
    """Refuse a table without rows, unless it may be empty and no feature needs it."""
    if table not in MAY_BE_EMPTY:
        raise SegmentationError(
            f"{_what(table, place)} has a header but no row: export it again with its"
            " data."
        )
    beginning = MAY_BE_EMPTY[table]
    for segmentation, features in numeric_features.items() if beginning else ():
        useless = [name for name in features if name.startswith(beginning)]
        if useless:
            raise SegmentationError(
                f"{_what(table, place)} has no rows, and segmentation {segmentation}"
                f" groups by {listed(useless)}: deliver the table, or change"
                f" numeric_features of {segmentation} (those of its robust_recipe where"
                " recipe is robust) in the variable segmentations."
            )


def _cause(error: DuckDBError) -> str:
    """Keep of DuckDB's message where and what; it quotes a row, which is personal."""
    told = str(error).split("Possible fixes")[0].strip()
    where = re.search(r"CSV Error on Line: (\d+)", told)
    if not where:
        return f"{told.splitlines()[0].rstrip('.')}."
    return f"line {where[1]}: {told.splitlines()[-1].strip().rstrip('.')}."
