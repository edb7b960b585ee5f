"""Prepare a Parquet file for loading: its columns as the text that CSV would have."""

from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.errors import SegmentationError
from segmentation.raw.csv_headers import check_header, plain_name
from segmentation.raw.delivered_file import DeliveredFile
from segmentation.sql_text import quoted, text

MAGIC = b"PAR1"
# Types whose text is plain; all others are treated one by one below.
PLAIN = {
    *("varchar", "enum", "uuid", "boolean", "date", "time", "interval", "json", "null"),
    *("tinyint", "smallint", "integer", "bigint", "hugeint"),
    *("utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"),
    *("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"),
    *("time_ns", "time with time zone"),
}


def prepare_parquet(
    cursor: DuckDBPyConnection, path: Path, *, table: str, expected: Sequence[str]
) -> DeliveredFile:
    """Check a Parquet file and write its columns as text, no value changed.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
    path : pathlib.Path
    table : str
        The raw table, for messages.
    expected : sequence of str
        The columns it must have; further ones with lists, structures or bytes
        in them are left out.

    Returns
    -------
    DeliveredFile

    Raises
    ------
    SegmentationError
        If it is no Parquet file, lacks a column or has one twice, or has lists or
        structures in one.
    """
    with path.open("rb") as file:
        is_parquet = file.read(len(MAGIC)) == MAGIC
    if not is_parquet:
        raise SegmentationError(
            f"The file {path} is no Parquet file: write it again, or, if it is a CSV,"
            " give it the ending .csv."
        )
    relation = f"read_parquet({text(str(path))})"
    try:
        schema = cursor.sql(
            f"select name, num_children from parquet_schema({text(str(path))})"
        ).fetchall()
        found = cursor.sql(f"select * from {relation}")
    except DuckDBError as error:
        raise SegmentationError(
            f"The file {path} cannot be read as Parquet: {str(error).splitlines()[0]}"
            " Write it again."
        ) from error
    check_header(
        _column_names(schema),
        expected=expected,
        what=f"The raw table {table} ({path})",
    )
    columns = {}
    for column, type_ in zip(found.columns, found.types, strict=True):
        name = plain_name(column)
        as_text = _as_text(quoted(column), type_name=str(type_))
        if as_text and (name in expected or str(type_) != "BLOB"):
            columns[name] = as_text
        elif name in expected:
            raise SegmentationError(
                f"The column {column!r} of {path} is of the type {type_}, which is no"
                " single value: write it as text or number."
            )
    return DeliveredFile(
        path=path,
        columns=columns,
        relation=relation,
        form="",
        advice="Write it again as text in UTF-8.",
    )


def _column_names(schema: list[tuple[str, int | None]]) -> list[str]:
    """Give the names that the file has; read_parquet renames what is there twice."""
    names = []
    inner = 0
    for name, child_count in schema[1:]:
        if inner:
            inner -= 1
        else:
            names.append(name)
        inner += child_count or 0
    return names


def _as_text(column: str, *, type_name: str) -> str | None:
    """Write the SQL that gives a column as text, None where there is no such text."""
    kind = type_name.lower().strip('"')
    if kind.startswith("enum("):
        kind = "enum"
    if kind in PLAIN:
        return f"cast({column} as varchar)"
    if kind == "blob":
        # Text of writers that do not say that it is text; fails where it is none.
        return f"decode({column})"
    if kind == "timestamp with time zone":
        return f"cast(make_timestamp(epoch_us({column})) as varchar)"
    if kind.startswith("decimal("):
        return _number_text(f"cast({column} as varchar)")
    if kind in ("double", "float"):
        whole = f"{column} = trunc({column}) and abs({column}) < 1e18"
        return _number_text(
            f"case when {whole} then cast(cast({column} as bigint) as varchar)"
            f" else cast({column} as varchar) end"
        )
    return None


def _number_text(number: str) -> str:
    """Write a number as an export does: 17 for 17.0, an id that was a double.

    Three decimals get a fourth, for "1.234" as text is one thousand two hundred and
    thirty-four, and the number is not.
    """
    short = f"regexp_replace({number}, '(\\.\\d*?)0+$', '\\1')"
    short = f"regexp_replace({short}, '\\.$', '')"
    return f"regexp_replace({short}, '(\\.\\d{{3}})$', '\\10')"
