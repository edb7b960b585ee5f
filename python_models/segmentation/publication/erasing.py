"""Take a member out of the publication that is in place and of all that are kept.

Each database is written anew without the rows of the member: in a file that rows are
deleted from, their bytes stay.
"""

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from segmentation.errors import SegmentationError
from segmentation.publication.memory import DATABASE_NAME, SCHEMA_VERSION
from segmentation.publication.publication_folder import (
    keep_current,
    list_kept,
    put_back,
    put_in_place,
    read_row,
    read_whole,
    render_files,
)
from segmentation.publication.publishing import STORAGE_VERSION
from segmentation.sql_text import fetch_dicts, quoted, text

# What the row of the table `publication` counts.
_COUNTED = ("tables", "segmentations")
# What is compared with the cut points of each score, which name an account.
_CUT_POINTS = 'main."rfm_cut_points"'
_CUT_MEASURES = {
    "recency": "recency_days",
    "frequency": "order_count",
    "monetary": "total_sales_eur",
}
# A text as words, so that names are found however they are written.
_WORDS = r"regexp_replace(strip_accents(lower({})), '[^\p{{L}}\p{{N}}]+', ' ', 'g')"


@dataclass
class Member:
    """Whom to erase: an id, the columns that may hold it, the names found under it."""

    member_id: str
    id_columns: set[str] = field(default_factory=lambda: {"enterprise_id", "member_id"})
    names: set[str] = field(default_factory=set)
    is_found: bool = False

    def find(self, connection: DuckDBPyConnection, catalog: str) -> None:
        """Look for the id in a database that is attached, and for names beside it."""
        for table, columns in _list_tables(connection, catalog).items():
            for id_column in (self.id_columns | {"cut_account_id"}) & columns:
                name = f"{id_column.removesuffix('_id')}_name"
                of_name = quoted(name) if name in columns else "null"
                if "raw_value" in columns:
                    of_name = f"case column_name when {text(name)} then raw_value end"
                found = connection.execute(
                    f"select distinct {of_name} from {catalog}.{table}"
                    f" where {self._is_id(id_column)}"
                ).fetchall()
                self.is_found = self.is_found or bool(found)
                self.names.update(name for (name,) in found if name)

    def condition(self, columns: set[str]) -> str:
        """Write the condition for a row of a table to be the member's.

        A raw value that was not used names it, whoever the row is of; the name of
        another member is that one's own.
        """
        conditions = [self._is_id(column) for column in self.id_columns & columns]
        if "raw_value" in columns:
            listed = ", ".join(text(name) for name in sorted(self.id_columns))
            conditions.append(
                f"(column_name in ({listed}) and {self._is_id('raw_value')})"
            )
            words = _WORDS.format("raw_value")
            for name in sorted(self.names):
                found = _WORDS.format(text(name))
                conditions.append(
                    f"(trim({found}) <> '' and contains(' ' || {words} || ' ',"
                    f" ' ' || trim({found}) || ' '))"
                )
        return " or ".join(conditions) or "false"

    def leave_cut_points(self, connection: DuckDBPyConnection, catalog: str) -> int:
        """Put another account in its place at cut points, or an empty text.

        It is the last one before it of those with the measure of the cut point, so that
        nobody's score changes. Returns the number of cut points.
        """
        ((count,),) = connection.execute(
            f"update {catalog}.{_CUT_POINTS} as cut_points set cut_account_id ="
            f" coalesce((select max(account_id) from {catalog}.main.account_segments"
            " where account_id < cut_account_id and cut_value = case score"
            + "".join(f" when '{s}' then {m}" for s, m in _CUT_MEASURES.items())
            + f" end), '') where {self._is_id('cut_account_id')}"
        ).fetchall()
        return count

    def _is_id(self, column: str) -> str:
        return f"trim({quoted(column)}::varchar) = {text(self.member_id)}"


def find_in_publications(publish_dir: Path, folder: Path, member: Member) -> None:
    """Look for a member in what is in place and kept.

    Raises
    ------
    SegmentationError
        If the database that is in place cannot be read.
    """
    current = keep_current(publish_dir, folder)
    live = publish_dir / DATABASE_NAME
    if live.exists():
        copy = folder / "live"
        shutil.copyfile(live, copy)
        if current is None or read_whole(copy) is None:
            raise SegmentationError(
                f"{live} is not whole and cannot be read: put another publication in"
                " place with make rollback, or delete it, and erase again."
            )
        # Of the two copies of one publication the kept one may not be whole.
        os.replace(copy, list_kept(publish_dir)[current])
    readable = [path for path in list_kept(publish_dir).values() if read_whole(path)]
    with duckdb.connect() as connection:
        for number, path in enumerate(readable):
            connection.execute(f"attach {text(str(path))} as kept_{number} (read_only)")
            row = _read_row(connection, f"kept_{number}")
            for entry in json.loads(row.get("segmentations", "{}")).values():
                member.id_columns.add(entry["key"])
        for number, _ in enumerate(readable):
            member.find(connection, f"kept_{number}")


def erase_from_publications(
    publish_dir: Path, folder: Path, member: Member
) -> list[str]:
    """Write what is in place and kept anew without a member; say what was done."""
    current = keep_current(publish_dir, folder)
    told, erased_counts, in_place = [], {}, None
    for number, path in list_kept(publish_dir).items():
        if read_whole(path) is None:
            path.unlink()
            told.append(f"{path} is not whole and cannot be read: deleted.")
            continue
        work = folder / "erasing"
        work.mkdir()
        erased_counts[path] = _write_without(path, work / DATABASE_NAME, member)
        if erased_counts[path]:
            os.replace(work / DATABASE_NAME, path)
        shutil.rmtree(work)
        if number == current and erased_counts[path]:
            in_place = path
    if in_place:
        told += _put_in_place_again(publish_dir, folder, in_place)
    changed_count = sum(map(bool, erased_counts.values()))
    if changed_count:
        told.insert(
            0,
            f"Publications in {publish_dir}/, in place and kept: took"
            f" {sum(erased_counts.values())} rows out of {changed_count}, and wrote the"
            " files of the one in place anew.",
        )
    return told


def _put_in_place_again(publish_dir: Path, folder: Path, kept: Path) -> list[str]:
    if read_row(kept).get("schema_version") == SCHEMA_VERSION:
        put_back(publish_dir, folder, kept)
        return []
    shutil.copyfile(kept, folder / DATABASE_NAME)
    put_in_place(publish_dir, folder)
    return [
        "It is of another version of this project: its page, pictures and exports were"
        " deleted, and come back with the next build."
    ]


def _write_without(source: Path, target: Path, member: Member) -> int:
    """Write a publication anew without a member; give the number of rows left out."""
    erased_count, row_counts = 0, {}
    with duckdb.connect() as connection:
        connection.execute(f"attach {text(str(source))} as kept (read_only)")
        connection.execute(
            f"attach {text(str(target))} as fresh (storage_version '{STORAGE_VERSION}')"
        )
        connection.execute("copy from database kept to fresh (schema)")
        for table, columns in _list_tables(connection, "kept").items():
            ((before,),) = connection.execute(
                f"select count(*) from kept.{table}"
            ).fetchall()
            ((count,),) = connection.execute(
                f"insert into fresh.{table} select * from kept.{table}"
                f" where ({member.condition(columns)}) is not true"
            ).fetchall()
            row_counts[table] = count
            erased_count += before - count
        if _CUT_POINTS in row_counts:
            erased_count += member.leave_cut_points(connection, "fresh")
        row = _read_row(connection, "fresh")
        changed = {name: json.loads(row[name]) for name in _COUNTED if name in row}

        def count_of(table: str) -> int:
            return row_counts[f"main.{quoted(table)}"]

        changed["tables"] = {name: count_of(name) for name in changed["tables"]}
        for entry in changed.get("segmentations", {}).values():
            entry["member_count"] = count_of(entry["members"])
        _update(connection, "fresh.main.publication", changed)
        connection.execute("checkpoint fresh; detach fresh")
    if erased_count and row["schema_version"] == SCHEMA_VERSION:
        files = render_files(target.parent)
        with duckdb.connect(str(target)) as connection:
            _update(connection, "publication", {"files": files})
    return erased_count


def _update(
    connection: DuckDBPyConnection, publication: str, values: dict[str, Any]
) -> None:
    for column, value in values.items():
        listed = json.dumps(value, sort_keys=True, ensure_ascii=False)
        connection.execute(f"update {publication} set {column} = ?", [listed])


def _read_row(connection: DuckDBPyConnection, catalog: str) -> dict[str, Any]:
    return fetch_dicts(connection.execute(f"from {catalog}.main.publication"))[0]


def _list_tables(connection: DuckDBPyConnection, catalog: str) -> dict[str, set[str]]:
    """List the columns of each table of a database that is attached."""
    rows = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns()"
        " inner join duckdb_tables() using (database_name, schema_name, table_name)"
        " where database_name = ? order by all",
        [catalog],
    ).fetchall()
    tables: dict[str, set[str]] = {}
    for schema, table, column in rows:
        tables.setdefault(f"{schema}.{quoted(table)}", set()).add(column)
    return tables
