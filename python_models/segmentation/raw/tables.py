"""Load and check the raw tables before anything is built from them."""

from pathlib import Path

from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.builds.build_database import passing_folder
from segmentation.builds.transaction import transaction
from segmentation.errors import SegmentationError
from segmentation.raw.csv_files import prepare_csv
from segmentation.raw.csv_headers import check_header, read_header
from segmentation.raw.delivered_file import DeliveredFile
from segmentation.raw.files import find_raw_files, listed
from segmentation.raw.parquet_files import prepare_parquet
from segmentation.raw.postgres import QUERIES_DIR, load_from_postgres
from segmentation.sql_text import quoted

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


def load_raw_tables(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    raw_source: str,
    raw_data_dir: str,
    relations: dict[str, str],
    is_empty_run: bool,
) -> list[str]:
    """Load every raw table as text, or none of them.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database.
    raw_source : {'seeds', 'files', 'postgres'}
        dbt loads seeds itself; their files are only checked.
    raw_data_dir : str
        Folder of the files, if they are the source.
    relations : dict of str to str
        By raw table, a key of :data:`RAW_COLUMNS`, the table to create; empty for
        seeds.
    is_empty_run : bool
        True for ``dbt build --empty``, which needs no row.

    Returns
    -------
    list of str
        What was read, for the build's log.

    Raises
    ------
    SegmentationError
        If a file is missing or unreadable, a column is missing, or there is no row.
        The tables are then as they were.
    """
    if raw_source == "seeds":
        for table in RAW_COLUMNS:
            _check_seed(table, is_empty_run=is_empty_run)
        return []
    place = raw_data_dir if raw_source == "files" else str(QUERIES_DIR)
    with transaction(cursor):
        for schema in sorted({name.rsplit(".", 1)[0] for name in relations.values()}):
            cursor.execute(f"create schema if not exists {schema}")
        if raw_source == "files":
            told = load_from_files(cursor, folder=Path(place), relations=relations)
        else:
            load_from_postgres(cursor, relations=relations, columns=RAW_COLUMNS)
            told = []
        for table, relation in relations.items():
            if is_empty_run or table in MAY_BE_EMPTY:
                continue
            if not cursor.execute(f"select 1 from {relation} limit 1").fetchall():
                raise _no_row(table, place=place)
    return told


def load_from_files(
    cursor: DuckDBPyConnection, *, folder: Path, relations: dict[str, str]
) -> list[str]:
    """Load each raw table from its CSV and Parquet files.

    Several files of a table are united by column name; columns that are not needed
    come along. A row without any value, as spreadsheets leave them behind the last
    one, is no row.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
    folder : pathlib.Path
        See :func:`segmentation.raw.files.find_raw_files`.
    relations : dict of str to str
        By raw table, the table to create.

    Returns
    -------
    list of str
        Every file with its number of rows, and what was left out.

    Raises
    ------
    SegmentationError
        Names the file, what is wrong with it and the remedy.
    """
    files = find_raw_files(folder, tables=list(relations))
    with passing_folder(cursor, prefix="raw_files_") as copies:
        # All headers before any row: what is soon told is told soon.
        deliveries = {
            table: [
                _prepare(cursor, path, table=table, copy=copies / f"{table}_{n}")
                for n, path in enumerate(files.of_table[table])
            ]
            for table in relations
        }
        told = []
        for table, relation in relations.items():
            told += _load_table(
                cursor, table=table, relation=relation, deliveries=deliveries[table]
            )
    if files.not_read:
        told.append(f"Not read in {folder}: {listed(files.not_read)}")
    return told


def _prepare(
    cursor: DuckDBPyConnection, path: Path, *, table: str, copy: Path
) -> DeliveredFile:
    expected = RAW_COLUMNS[table]
    try:
        if path.suffix.lower() == ".parquet":
            return prepare_parquet(cursor, path, table=table, expected=expected)
        return prepare_csv(path, table=table, expected=expected, copy=copy)
    except OSError as error:
        raise SegmentationError(
            f"The file {path} cannot be read ({error.strerror}): close it elsewhere and"
            " allow it to whoever builds."
        ) from error


def _load_table(
    cursor: DuckDBPyConnection,
    *,
    table: str,
    relation: str,
    deliveries: list[DeliveredFile],
) -> list[str]:
    # Those that are needed come first; dict keys are a set in order.
    names = dict.fromkeys(RAW_COLUMNS[table])
    for delivery in deliveries:
        names |= dict.fromkeys(delivery.columns)
    columns = ", ".join(f"{quoted(name)} varchar" for name in names)
    cursor.execute(f"create or replace table {relation} ({columns})")
    told = []
    for delivery in deliveries:
        ((row_count,),) = _insert(cursor, delivery=delivery, relation=relation)
        remarks = [_rows(row_count)]
        if delivery.form:
            remarks.append(delivery.form)
        unused = [name for name in delivery.columns if name not in RAW_COLUMNS[table]]
        if unused:
            remarks.append(f"columns not used: {listed(unused)}")
        told.append(f"Raw table {table}: {delivery.path}, {'; '.join(remarks)}")
    is_blank = " and ".join(
        f"coalesce(trim({quoted(name)}), '') = ''" for name in names
    )
    ((blank_count,),) = cursor.execute(
        f"delete from {relation} where {is_blank}"
    ).fetchall()
    if blank_count:
        told.append(
            f"Raw table {table}: {_rows(blank_count)} without any value left out"
        )
    return told


def _insert(
    cursor: DuckDBPyConnection, *, delivery: DeliveredFile, relation: str
) -> list[tuple[int]]:
    try:
        return cursor.execute(
            f"insert into {relation} by name {delivery.query}"
        ).fetchall()
    except DuckDBError as error:
        raise SegmentationError(
            f"The file {delivery.path} cannot be read: {_cause(error)}"
            f" {delivery.advice}"
        ) from error


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


def _check_seed(table: str, *, is_empty_run: bool) -> None:
    path = Path("seeds", "raw", f"raw_{table}.csv")
    header = read_header(path, expected=RAW_COLUMNS[table])
    check_header(
        header.columns,
        expected=RAW_COLUMNS[table],
        what=f"The raw table {table} ({path})",
    )
    if not (header.has_rows or is_empty_run or table in MAY_BE_EMPTY):
        raise _no_row(table, place=str(path))


def _no_row(table: str, *, place: str) -> SegmentationError:
    return SegmentationError(
        f"The raw table {table} ({place}) has a header but no row: export it again"
        " with its data."
    )


def _cause(error: DuckDBError) -> str:
    """Keep the lines of DuckDB's message that say where and what, not its advice."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines[:4] if line and not line.startswith("Possible")]
    return " ".join(told).rstrip(".") + "."
