"""The bridge from dbt's macros to this package, as a dbt-duckdb plugin.

The macro ``call_package`` names an action and hands over its arguments; the answer
goes back in the ``outcome`` that it passed along. Everything runs in dbt's process
on the build database, which no other process may open meanwhile.
"""

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.duckdb.plugins import BasePlugin
from dbt.adapters.duckdb.utils import TargetConfig
from duckdb import DuckDBPyConnection

from segmentation.build_folder import check_project_folder, make_private
from segmentation.builds.build_database import (
    read_memory_limit,
    read_wait_seconds,
    wait_for_database,
)
from segmentation.builds.build_outcome import finish_build
from segmentation.builds.data_check_report import report_data_check
from segmentation.builds.requirements import (
    check_features,
    check_publish_dir,
    check_seeds,
    check_settings,
)
from segmentation.errors import SegmentationError
from segmentation.publication.memory import attach_previous_publication
from segmentation.publication.publication_folder import settle
from segmentation.raw.tables import load_raw_tables

ACTIONS = {
    "check_features": check_features,
    "check_seeds": check_seeds,
    "check_settings": check_settings,
    "finish_build": finish_build,
    "load_raw_tables": load_raw_tables,
    "report_data_check": report_data_check,
}


class Plugin(BasePlugin):
    """Runs the package's actions for dbt and attaches the last publication."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Read where the publication is kept, and the limits of the build."""
        check_project_folder()
        self.publish_dir = Path(plugin_config["publish_dir"])
        self.refusal: SegmentationError | None = None
        self.wait_seconds = read_wait_seconds(plugin_config["wait_seconds"])
        self.limits = read_memory_limit(str(plugin_config["memory_limit"]))
        # dbt's threads ask at the same time, and two that create one schema at once
        # fail with a write conflict.
        self.one_at_a_time = threading.Lock()

    def update_connection_config(self, creds: Any, config: dict[str, Any]) -> None:
        """Limit the memory, make the folder of the build database and wait for it."""
        database = Path(creds.path)
        config |= self.limits
        make_private(database.parent)
        if self.refusal:
            # Every thread asks; it was waited for once.
            raise self.refusal
        try:
            wait_for_database(database, config=config, wait_seconds=self.wait_seconds)
            # Raw rows are in it, also where its folder may be read by others.
            with suppress(OSError):
                database.chmod(0o600)
        except SegmentationError as error:
            self.refusal = error
            raise

    def configure_connection(self, conn: DuckDBPyConnection) -> None:
        """Make the last publication readable as ``previous_publication``."""
        working_dir = Path(self.creds.path).parent
        check_publish_dir(self.publish_dir, working_dir=working_dir)
        settle(self.publish_dir)
        attach_previous_publication(
            conn, publish_dir=self.publish_dir, working_dir=working_dir
        )

    def store(self, target_config: TargetConfig) -> None:
        """Run one action; the answer is put into ``outcome['answer']``."""
        request = target_config.config
        action = ACTIONS[request["action"]]
        with self.one_at_a_time:
            # A handle of its own: dbt closes the database when nobody holds one.
            handle = DuckDBConnectionManager.env().handle()
            try:
                request["outcome"]["answer"] = action(
                    handle.cursor(),
                    publish_dir=self.publish_dir,
                    **request["arguments"],
                )
            finally:
                handle.close()
