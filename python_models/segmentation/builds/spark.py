"""What of a build on Spark happens in dbt's process, on a DuckDB database beside it.

The companion hands tables over in both directions as Parquet files in the warehouse,
which both read: the last publication, raw tables, seeds and what Python models return
go to Spark; what Spark has built is a view of the companion while an action reads it.
Actions and Python models are therefore the same as where the build itself is DuckDB's.
"""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import duckdb
from duckdb import DuckDBPyRelation

from segmentation.build_folder import check_project_folder, make_private
from segmentation.builds.build_database import (
    read_memory_limit,
    read_wait_seconds,
    wait_for_database,
)
from segmentation.builds.plugin import ACTIONS
from segmentation.builds.requirements import check_publish_dir
from segmentation.errors import SegmentationError
from segmentation.publication.memory import CATALOG, attach_previous_publication
from segmentation.publication.publication_folder import settle
from segmentation.sql_text import exact_path, quoted, text

# Python models read samples and aggregates: more rows than this are a mistake.
MOST_MODEL_ROWS = 2_000_000
# Actions that read what Spark has built; others make tables of these names.
_READING = ("check_features", "report_data_check", "finish_build")
_SPARK_TYPES = {"VARCHAR": "string", "BLOB": "binary"}


class Companion:
    """The DuckDB database beside a Spark session.

    Parameters
    ----------
    execute
        Runs a statement on Spark.
    warehouse
        Folder of Spark's tables, each in ``<schema>.db/<table>``.
    path
        The database file.
    publish_dir, wait_seconds, memory_limit
        As `segmentation.builds.plugin.Plugin` takes them.
    """

    _of_process: ClassVar["Companion | None"] = None
    _lock = threading.RLock()

    def __init__(
        self,
        *,
        execute: Callable[[str], None],
        warehouse: str,
        path: str,
        publish_dir: str,
        wait_seconds: str,
        memory_limit: str,
    ) -> None:
        check_project_folder()
        self.publish_dir, self._execute = Path(publish_dir), execute
        self._warehouse = Path(warehouse).absolute()
        database = Path(path)
        config = read_memory_limit(memory_limit)
        seconds = read_wait_seconds(wait_seconds)
        make_private(database.parent)
        wait_for_database(database, config=config, wait_seconds=seconds)
        self._connection = duckdb.connect(str(database), config=config)
        database.chmod(0o600)
        check_publish_dir(self.publish_dir, working_dir=database.parent)
        settle(self.publish_dir)
        self._drop_own("table", "view")
        attach_previous_publication(
            self._connection, publish_dir=self.publish_dir, working_dir=database.parent
        )
        for (name,) in self._connection.execute(
            f"select table_name from duckdb_tables() where database_name = '{CATALOG}'"
        ).fetchall():
            self._hand_over(f"{CATALOG}.main.{name}", schema=CATALOG, name=name)

    @classmethod
    def of_process(cls, **arguments: Any) -> "Companion":
        """Give the companion of this process, opened at its first use."""
        with cls._lock:
            if cls._of_process is None:
                cls._of_process = cls(**arguments)
            return cls._of_process

    def call(self, action: str, arguments: dict[str, Any]) -> Any:
        """Run an action of the package; the tables that it makes go to Spark."""
        raw_source = arguments["raw_source"] if action == "load_raw_tables" else None
        folder = Path(arguments.get("raw_data_dir") or os.devnull)
        if raw_source == "files" and any(folder.glob("[Cc]ontacts*")):
            raise SegmentationError(
                f"{folder} has the raw table contacts, which only DuckDB reads: leave"
                " it out, or build without --target spark."
            )
        with self._lock:
            if action in _READING:
                self._show_warehouse()
            try:
                answer = ACTIONS[action](
                    self._connection.cursor(), publish_dir=self.publish_dir, **arguments
                )
            finally:
                # A build on DuckDB would stumble over views where it makes tables.
                self._drop_own("view")
            self._hand_over_own()
        if raw_source == "postgres":
            answer.append("Raw table contacts: left out, only DuckDB reads it")
        return answer

    def load_seed(self, relation: str, path: str, types: dict[str, str]) -> None:
        """Load a seed of columns of these types, separated by commas."""
        columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in types.items())
        with self._lock:
            self._make_place(relation)
            self._connection.execute(f"create table {relation} ({columns})")
            self._connection.execute(
                f"copy {relation} from {exact_path(Path(path))} (format csv, header)"
            )
            self._hand_over_own()

    def run_model(self, relation: str, code: str) -> None:
        """Run the compiled code of a Python model and keep what it returns."""
        namespace: dict[str, Any] = {}
        exec(compile(code, relation, "exec"), namespace)
        dbt = namespace["dbtObj"](self._read)
        returned = namespace["model"](dbt, self._connection.cursor())
        with self._lock:
            self._make_place(relation)
            returned.create(relation)
            self._hand_over_own()

    def _read(self, relation: str) -> DuckDBPyRelation:
        """Give a table of Spark's to a Python model, all of it or none."""
        schema, name = relation.replace("`", "").split(".")
        rows = self._connection.cursor().sql(self._query(schema, name))
        ((count,),) = rows.aggregate("count(*)").fetchall()
        if count > MOST_MODEL_ROWS:
            raise SegmentationError(
                f"A Python model reads {relation}, which has {count:,} rows, and may"
                f" read {MOST_MODEL_ROWS:,}: give it a sample or an aggregate."
            )
        return rows

    def _query(self, schema: str, name: str) -> str:
        files = self._folder(schema, name)
        pattern = exact_path(files).removesuffix("'") + "/*.parquet'"
        return f"select * from read_parquet({pattern})"

    def _folder(self, schema: str, name: str) -> Path:
        return self._warehouse / f"{schema}.db" / name

    def _show_warehouse(self) -> None:
        """Make a view of each table of Spark's."""
        for folder in self._warehouse.glob("*.db/*"):
            schema, name = folder.parent.name.removesuffix(".db"), folder.name
            # The companion has the last publication as a catalog.
            if schema != CATALOG and any(folder.glob("*.parquet")):
                self._connection.execute(f"create schema if not exists {schema}")
                query = self._query(schema, name)
                self._connection.execute(
                    f"create or replace view {schema}.{quoted(name)} as {query}"
                )

    def _make_place(self, relation: str) -> None:
        self._connection.execute(
            f"create schema if not exists {relation.split('.')[0]}"
        )
        self._connection.execute(f"drop view if exists {relation}")

    def _own_tables(self) -> list[tuple[str, str, str]]:
        return self._connection.execute(
            "select schema_name, table_name, 'table' from duckdb_tables()"
            " where database_name = current_database() and not temporary union all"
            " select schema_name, view_name, 'view' from duckdb_views()"
            " where database_name = current_database() and not internal"
        ).fetchall()

    def _drop_own(self, *kinds: str) -> None:
        for schema, name, kind in self._own_tables():
            if kind in kinds:
                self._connection.execute(f"drop {kind} {schema}.{name}")

    def _hand_over_own(self) -> None:
        for schema, name, kind in self._own_tables():
            if kind == "table":
                self._hand_over(f"{schema}.{name}", schema=schema, name=name)
                self._connection.execute(f"drop table {schema}.{name}")

    def _hand_over(self, relation: str, *, schema: str, name: str) -> None:
        """Make a table of Spark's of one of the companion's."""
        folder = self._folder(schema, name)
        self._execute(f"create schema if not exists {schema}")
        self._execute(f"drop table if exists {schema}.{name}")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._connection.execute(
            f"copy {relation} to {text(str(folder / 'rows.parquet'))} (format parquet)"
        )
        # Without its columns Spark would start a job to look for them.
        described = self._connection.table(relation)
        columns = ", ".join(
            f"`{column}` {_SPARK_TYPES.get(str(kind), kind)}"
            for column, kind in zip(described.columns, described.types, strict=True)
        )
        self._execute(
            f"create table {schema}.{name} ({columns}) using parquet"
            f" location '{folder.as_uri()}'"
        )
