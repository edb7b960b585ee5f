"""Load the raw tables from PostgreSQL, by the queries of the folder raw_queries."""

import difflib
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import psycopg
from dbt.adapters.events.logging import AdapterLogger
from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.build_folder import passing_folder
from segmentation.errors import SegmentationError
from segmentation.raw import contacts as private
from segmentation.raw.csv_records import USUAL_LENGTH
from segmentation.raw.delivered_files import read_csv
from segmentation.raw.postgres_connection import message_of, open_snapshot, place_of
from segmentation.sql_text import quoted

QUERIES_DIR = Path("raw_queries")
# Types whose text is no value of a raw table: '"Paris"' for the city Paris, say.
_NESTED_TYPES = ("json", "jsonb", "bytea", "record", "hstore")
# Types of numbers that may have decimals.
_NUMBER_TYPES = ("numeric", "double precision", "float", "real")

_logger = AdapterLogger("Segmentation")


def load_from_postgres(
    cursor: DuckDBPyConnection,
    queries_dir: Path,
    *,
    relations: Mapping[str, str],
    columns: Mapping[str, Sequence[str]],
    contacts: private.Contacts | None = None,
) -> list[str]:
    """Load raw tables as text, all from one snapshot of the database.

    Every query is checked before the first row is read, and every row is read before
    the first table is touched. The server casts to text: exact numbers, ISO dates and
    times (UTC), labels of enums. NULL and the empty text stay apart. `contacts`, for
    which there may be no query, are read into memory.

    The caller ends the transaction. Nothing is returned to tell, as each table is told
    when it has been read.
    """
    queries = {name: read_query(queries_dir, name) for name in relations}
    if contacts and (queries_dir / f"{private.TABLE}.sql").exists():
        queries[private.TABLE] = read_query(queries_dir, private.TABLE)
        columns = {**columns, private.TABLE: contacts.columns}
    with passing_folder(cursor, prefix="postgres-rows-") as folder:
        row_counts, types, longest = {}, {}, {}
        with open_snapshot() as connection:
            for name, query in queries.items():
                with _query_errors(connection, queries_dir, name, query):
                    returned = _describe(connection, query)
                _check_columns(
                    returned, expected=columns[name], path=queries_dir / f"{name}.sql"
                )
                types[name] = dict(returned)
            for name, query in queries.items():
                started = time.perf_counter()
                needed = {column: types[name][column] for column in columns[name]}
                with _query_errors(connection, queries_dir, name, query):
                    if name == private.TABLE:
                        row_counts[name] = _read_contacts(
                            connection, query=query, types=needed, contacts=contacts
                        )
                    else:
                        row_counts[name], longest[name] = _write_rows(
                            connection,
                            query=query,
                            types=needed,
                            path=folder / f"{name}.csv",
                        )
                _logger.info(
                    f"Read {row_counts[name]:,} rows of {name} from PostgreSQL in"
                    f" {time.perf_counter() - started:.1f} s"
                )
        for name, relation in relations.items():
            path = folder / f"{name}.csv"
            rows = read_csv(
                path,
                "header = false",
                "delim = ','",
                "nullstr = ''",
                "allow_quoted_nulls = false",
                # Else a line break in the first row would be taken for those of all.
                "new_line = '\\n'",
                f"max_line_size = {max(longest[name], USUAL_LENGTH) + 2}",
                columns=columns[name],
            )
            _create_table(cursor, relation, rows, name=name, count=row_counts[name])
    return []


def read_query(queries_dir: Path, table_name: str) -> str:
    """Read the query of a raw table, without a semicolon at its end."""
    path = queries_dir / f"{table_name}.sql"
    try:
        query = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SegmentationError(
            f"The raw table {table_name} has no query {path}: write the select that"
            " returns its columns from your database."
        ) from None
    except UnicodeDecodeError:
        raise SegmentationError(
            f"The query {path} is not in UTF-8: save it as UTF-8."
        ) from None
    return query.rstrip().rstrip(";")


def _describe(connection: psycopg.Connection, query: str) -> list[tuple[str, str]]:
    """Ask the server for name and type of each column; no row is computed."""
    # In a savepoint, so that the transaction can be asked for names after an error.
    # Binary results make psycopg use the protocol that refuses a second statement,
    # which could end the read-only transaction.
    with connection.transaction(), connection.cursor(binary=True) as described:
        described.execute(f"select * from (\n{query}\n) as raw_rows limit 0")
        return [
            (column.name, column.type_display) for column in described.description or ()
        ]


def _check_columns(
    returned: Sequence[tuple[str, str]], *, expected: Sequence[str], path: Path
) -> None:
    names = [name for name, _ in returned]
    unknown = [name for name in names if name not in expected]
    for name in expected:
        if name not in names:
            close = difflib.get_close_matches(name, unknown, n=1, cutoff=0.5)
            remedy = (
                f"it returns {close[0]!r}, rename that to {name!r}"
                if close
                else f"add `... as {name}`, or `null as {name}` if there is none"
            )
            raise SegmentationError(
                f"The query {path} has no column {name!r}: {remedy}."
                f" It returns {', '.join(names)}."
            )
    for name in unknown:
        raise SegmentationError(
            f"The query {path} returns a column {name!r} that this raw table does not"
            f" have: remove it. The columns are {', '.join(expected)}."
        )
    for name, type_ in returned:
        if names.count(name) > 1:
            raise SegmentationError(
                f"The query {path} returns the column {name!r} twice: keep one."
            )
        if type_ in _NESTED_TYPES or type_.endswith("[]"):
            raise SegmentationError(
                f"The column {name!r} of the query {path} is of type {type_}: take one"
                " value out of it, of json with ->> (not ->), of an array with [1]."
            )


def _write_rows(
    connection: psycopg.Connection, *, query: str, types: Mapping[str, str], path: Path
) -> tuple[int, int]:
    """Write the columns that have these types, in this order.

    Returned are the number of rows and the bytes of the longest one.
    """
    # With every value in quotes, nothing in it can be taken for anything else, and
    # what has none is NULL.
    statement = _copy_statement(query, types, options="(format csv, force_quote *)")
    with connection.cursor() as reader, path.open("wb") as file:
        longest = 0
        with reader.copy(statement) as rows:
            for row in rows:
                longest = max(longest, file.write(row))
        return reader.rowcount, longest


def _read_contacts(
    connection: psycopg.Connection,
    *,
    query: str,
    types: Mapping[str, str],
    contacts: private.Contacts,
) -> int:
    """Read contacts into memory, past every file; give their number."""
    with connection.cursor() as reader:
        with reader.copy(_copy_statement(query, types)) as copy:
            rows = copy.rows()
            while batch := list(islice(rows, private.ROWS_AT_A_TIME)):
                contacts.fill(batch)
        return reader.rowcount


def _copy_statement(query: str, types: Mapping[str, str], options: str = "") -> str:
    as_text = ", ".join(_as_text(name, kind) for name, kind in types.items())
    return f"copy (select {as_text} from (\n{query}\n) as raw_rows) to stdout {options}"


def _as_text(name: str, kind: str) -> str:
    """Write a column as text, a number so that it is read as the same one.

    Three decimals get a fourth, for "1.234" as text is one thousand two hundred and
    thirty-four, and the number is not.
    """
    if kind.startswith(_NUMBER_TYPES):
        return rf"regexp_replace({quoted(name)}::text, '^(-?\d*\.\d{{3}})$', '\10')"
    return f"{quoted(name)}::text"


def _create_table(
    cursor: DuckDBPyConnection, relation: str, rows: str, *, name: str, count: int
) -> None:
    try:
        cursor.execute(f"create or replace table {relation} as select * from {rows}")
    except DuckDBError as error:
        raise SegmentationError(
            f"The rows of {name} from PostgreSQL cannot be loaded:"
            f" {str(error).splitlines()[0]}"
        ) from error
    ((loaded,),) = cursor.execute(f"select count(*) from {relation}").fetchall()
    if loaded != count:
        raise SegmentationError(
            f"Of {count} rows of {name} from PostgreSQL {loaded} arrived in the"
            " build database: this should not happen, please report it."
        )


@contextmanager
def _query_errors(
    connection: psycopg.Connection, queries_dir: Path, table_name: str, query: str
) -> Iterator[None]:
    """Word what the server says about a query, without its cause (see message_of)."""
    try:
        yield
    except psycopg.Error as error:
        line, at_fault = "", ""
        if error.diag.statement_position:
            # The wrapping puts one line before the query.
            sent = f"select * from (\n{query}\n"
            place = int(error.diag.statement_position)
            line = f" in line {sent[:place].count(chr(10))}"
            at_fault = sent[place - 1 :]
        # Not the lines below it, which quote the query in the server's language.
        said = message_of(
            error, text=error.diag.message_primary, connection=connection
        ).rstrip(".")
        if isinstance(error, psycopg.DataError):
            # The server quotes the value, which may be personal.
            said = re.sub('".*"', "a value", said)
        raise SegmentationError(
            f"The query {queries_dir / f'{table_name}.sql'} fails{line} on"
            f" {place_of(connection)}: {said}. {_remedy(connection, error, at_fault)}"
        ) from None


def _remedy(connection: psycopg.Connection, error: psycopg.Error, at_fault: str) -> str:
    """Say what to do; `at_fault` is the query from where the server points to on."""
    if isinstance(error, psycopg.errors.UndefinedTable):
        return _closest_tables(connection, at_fault)
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        reader = quoted(connection.info.user)
        # In whatever language the server says it.
        if error.diag.source_function == "check_enable_rls":
            return (
                "Its row policies would hide rows, which would count as clients that"
                f" have left: let an administrator run alter role {reader} bypassrls,"
                " or read with a role that has it."
            )
        return (
            "Let its owner grant the right to read: grant usage on schema ... and"
            f" grant select on ... to {reader}."
        )
    if isinstance(error, psycopg.errors.SyntaxError):
        return "A query is one select, without a semicolon in it."
    if isinstance(error, psycopg.OperationalError):
        return "Nothing was loaded: build again when the server is well."
    return error.diag.message_hint or "Correct the query."


def _closest_tables(connection: psycopg.Connection, at_fault: str) -> str:
    rows = connection.execute(
        "select relname, nspname, pg_table_is_visible(pg_class.oid) from pg_class"
        " inner join pg_namespace on pg_namespace.oid = relnamespace"
        " where relkind in ('r', 'v', 'm', 'p', 'f') and nspname !~ '^pg_'"
        " and nspname <> 'information_schema' order by 1, 2"
    ).fetchall()
    names = {
        name: quoted(name) if is_visible else f"{quoted(schema)}.{quoted(name)}"
        for name, schema, is_visible in rows
    }
    named = re.match(r'(?:"[^"]*"|[\w.])+', at_fault)
    wanted = named[0].rsplit(".", 1)[-1].strip('"') if named else ""
    lower = {name.lower(): name for name in names}
    close = difflib.get_close_matches(wanted.lower(), lower, n=1)
    if close:
        return f"Did you mean {names[lower[close[0]]]}? Names need their quotes."
    return f"There are {', '.join(names.values()) or 'no tables that you can see'}."
