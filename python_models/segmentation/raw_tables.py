"""Load the raw tables of files and check every raw table before it is read."""

from pathlib import Path

from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.csv_headers import check_header, read_header
from segmentation.errors import SegmentationError
from segmentation.sql_text import text

RAW_COLUMNS = {
    "enterprises": (
        "enterprise_id",
        "enterprise_name",
        "category_name",
        "city_name",
        "postal_code",
        "is_active",
        "created_at",
    ),
    "social_accounts": ("enterprise_id", "platform", "followers", "measured_on"),
    "turnover": ("enterprise_id", "fiscal_year", "turnover_eur"),
}
# Turnover is no feature of the fit by default, and many agencies have none.
MAY_BE_EMPTY = ("turnover",)


def prepare_raw_table(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    table_name: str,
    relation: str,
    raw_source: str,
    raw_data_dir: str,
    is_empty_run: bool,
) -> None:
    """Make a raw table ready to be read: load it if it is a file, then check it.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database.
    table_name : str
        A key of :data:`RAW_COLUMNS`.
    relation : str
        The table in the build database; created if the source is files.
    raw_source : {'seeds', 'files'}
    raw_data_dir : str
        Folder of the files.
    is_empty_run : bool
        True for ``dbt build --empty``, which loads no rows.

    Raises
    ------
    SegmentationError
        If a file is missing or unreadable, a column is missing, or there is no row.
    """
    if raw_source == "files":
        place = _file_of(table_name, raw_data_dir=raw_data_dir)
        _load_file(cursor, table_name=table_name, place=place, relation=relation)
    else:
        place = f"seeds/raw/raw_{table_name}.csv"
    try:
        table = cursor.sql(f"select * from {relation}")
    except DuckDBError:
        # Not seeded yet: `dbt compile` on a new build database.
        return
    check_header(
        table.columns,
        expected=RAW_COLUMNS[table_name],
        what=f"The raw table {table_name} ({place})",
    )
    if is_empty_run or table_name in MAY_BE_EMPTY:
        return
    if not table.limit(1).fetchall():
        raise SegmentationError(
            f"The raw table {table_name} ({place}) has a header but no row: export it"
            " again with its data."
        )


def _file_of(table_name: str, *, raw_data_dir: str) -> Path:
    folder = Path(raw_data_dir)
    if not folder.is_dir():
        raise SegmentationError(
            f"RAW_DATA_DIR is {raw_data_dir!r}, which is not a folder: set it to the"
            f" folder that holds {', '.join(f'{name}.csv' for name in RAW_COLUMNS)}."
        )
    file = folder / f"{table_name}.csv"
    if not file.is_file():
        there = sorted(path.name for path in folder.iterdir())
        raise SegmentationError(
            f"The raw table {table_name} has no file {file}: export it under this"
            f" name. The folder holds {', '.join(there) or 'nothing'}."
        )
    return file


def _load_file(
    cursor: DuckDBPyConnection, *, table_name: str, place: Path, relation: str
) -> None:
    _, delimiter = read_header(place, expected=RAW_COLUMNS[table_name])
    schema = relation.rsplit(".", 1)[0]
    cursor.execute(f"create schema if not exists {schema}")
    # Everything is stated: what DuckDB would guess from the first lines (a delimiter,
    # a comment sign, another quote) can lose rows without a word.
    options = ", ".join(
        (
            f"delim = {text(delimiter)}",
            "all_varchar = true",
            "header = true",
            "quote = '\"'",
            "escape = '\"'",
            "comment = ''",
            "strict_mode = true",
        )
    )
    try:
        cursor.execute(
            f"create or replace table {relation} as"
            f" select * from read_csv({text(str(place))}, {options})"
        )
    except DuckDBError as error:
        raise SegmentationError(
            f"The file {place} cannot be read as CSV in UTF-8: {_cause(error)} Correct"
            " that line, or export the table again."
        ) from error


def _cause(error: DuckDBError) -> str:
    """Keep the lines of DuckDB's message that say where and what, not its advice."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines[:4] if line and not line.startswith("Possible")]
    return " ".join(told).rstrip(".") + "."
