"""Prepare one CSV or Parquet file for loading: every column as text, unchanged."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.errors import SegmentationError
from segmentation.raw.csv_headers import (
    check_header,
    plain_name,
    read_header,
    shown_name,
)
from segmentation.raw.csv_records import check_records
from segmentation.raw.text_encoding import make_readable
from segmentation.sql_text import exact_path, quoted, text

# Types whose text is plain; all others are treated one by one below.
PLAIN = {
    *("varchar", "enum", "uuid", "boolean", "date", "time", "interval", "json", "null"),
    *("tinyint", "smallint", "integer", "bigint", "hugeint"),
    *("utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"),
    *("timestamp", "timestamp_s", "timestamp_ms", "timestamp_ns"),
    *("time_ns", "time with time zone"),
}


@dataclass(frozen=True)
class DeliveredFile:
    """A file whose header is checked, and what is worth telling of how it is read."""

    path: Path
    # The SQL that gives each column as text, by the name it is loaded under.
    columns: dict[str, str]
    # The SQL that reads the file.
    relation: str
    # What to do where that fails.
    advice: str
    told: str
    unused: tuple[str, ...]

    @property
    def query(self) -> str:
        columns = ", ".join(f"{sql} as {quoted(n)}" for n, sql in self.columns.items())
        return f"select {columns} from {self.relation}"


def read_csv(path: Path, *options: str, columns: Iterable[str]) -> str:
    """Write the SQL that reads a CSV file as text.

    Everything is stated: what DuckDB would guess from the first lines (a delimiter, a
    comment sign, another quote) can lose rows without a word.
    """
    types = ", ".join(f"{text(name)}: 'varchar'" for name in columns)
    return (
        f"read_csv({exact_path(path)}, auto_detect = false, columns = {{{types}}},"
        " quote = '\"', escape = '\"', comment = '', strict_mode = true,"
        " hive_partitioning = false,"
        f" {', '.join(options)})"
    )


def prepare_csv(
    path: Path, *, what: str, expected: Sequence[str], copy: Path
) -> DeliveredFile:
    """Check a CSV file; `copy` is written in UTF-8 where the engine cannot read it."""
    readable, told = make_readable(path, copy=copy)
    header = read_header(readable, expected=expected, name=path)
    check_header(header.columns, expected=expected, what=what)
    length = check_records(readable, header=header, name=path)
    # By place: the names are known already, and may be empty or there twice.
    places = {f"c{n}": plain_name(column) for n, column in enumerate(header.columns)}
    return DeliveredFile(
        path=path,
        columns={n: quoted(place) for place, n in places.items() if n in expected},
        relation=read_csv(
            readable,
            f"delim = {text(header.delimiter)}",
            f"skip = {header.skipped_lines}",
            f"max_line_size = {length}",
            "header = true",
            columns=places,
        ),
        advice="Correct that line, or export the table again.",
        told=told,
        unused=_unused(places.values(), expected),
    )


def prepare_parquet(
    cursor: DuckDBPyConnection, path: Path, *, what: str, expected: Sequence[str]
) -> DeliveredFile:
    """Check a Parquet file; its needed columns must be single values."""
    with path.open("rb") as file:
        if file.read(4) != b"PAR1":
            raise SegmentationError(
                f"The file {path} is no Parquet file: write it again, or, if it is a"
                " CSV, give it the ending .csv."
            )
    # What the names of folders say is not what the file holds.
    relation = f"read_parquet({exact_path(path)}, hive_partitioning = false)"
    try:
        schema = cursor.sql(
            f"select name, num_children from parquet_schema({exact_path(path)})"
        ).fetchall()
        found = cursor.sql(f"select * from {relation}")
    except DuckDBError as error:
        raise SegmentationError(
            f"The file {path} cannot be read as Parquet: {str(error).splitlines()[0]}"
            " Write it again."
        ) from error
    check_header(_column_names(schema), expected=expected, what=what)
    columns = {}
    for column, type_ in zip(found.columns, found.types, strict=True):
        name = plain_name(column)
        if name not in expected:
            continue
        columns[name] = _as_text(quoted(column), type_name=str(type_))
        if not columns[name]:
            raise SegmentationError(
                f"The column {column!r} of {path} is of the type {type_}, which is no"
                " single value: write it as text or number."
            )
    return DeliveredFile(
        path=path,
        columns=columns,
        relation=relation,
        advice="Write it again as text in UTF-8.",
        told="read as Parquet",
        unused=_unused(map(plain_name, found.columns), expected),
    )


def _unused(names: Iterable[str], expected: Sequence[str]) -> tuple[str, ...]:
    # Spreadsheets leave columns without a name behind the last one.
    others = (name for name in names if name and name not in expected)
    return tuple(map(shown_name, others))


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
    varchar = f"cast({column} as varchar)"
    if kind in PLAIN or kind.startswith("enum("):
        return varchar
    if kind == "blob":
        # Text of writers that do not say that it is text; fails where it is none.
        return f"decode({column})"
    if kind == "timestamp with time zone":
        return f"cast(make_timestamp(epoch_us({column})) as varchar)"
    if kind.startswith("decimal("):
        return _number_text(varchar)
    if kind in ("double", "float"):
        whole = f"{column} = trunc({column}) and abs({column}) < 1e18"
        return _number_text(
            f"case when {whole} then cast(cast({column} as bigint) as varchar)"
            f" else {varchar} end"
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
