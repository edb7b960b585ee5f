"""dbt-spark's session, which also runs Python models and actions of the package.

dbt-spark submits Python models to Databricks only. Here they run in dbt's process, on
the bounded rows that they ask for, see `segmentation.builds.spark`.
"""

import logging
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dbt.adapters.base import AdapterPlugin
from dbt.adapters.base.meta import available
from dbt.adapters.contracts.connection import Connection
from dbt.adapters.spark import SparkAdapter, SparkConnectionManager, SparkCredentials
from dbt.adapters.spark.session import Cursor
from segmentation.builds.spark import Companion

_TYPE = "sparksession"
# What they write of an error quotes rows, and dbt says what is wrong.
for _name in ("SQLQueryContextLogger", "DataFrameQueryContextLogger"):
    logging.getLogger(_name).disabled = True
# dbt-spark asks for Hive's catalog, which a Spark Connect server has or has not.
warnings.filterwarnings("ignore", "Failed to set spark.sql.catalogImplementation")


@dataclass
class SparkSessionCredentials(SparkCredentials):
    """Those of dbt-spark, and what the profile says of the build around it.

    ``remote`` is the address of a Spark Connect server, ``master`` that of a cluster
    whose driver is dbt's process; the former goes first. ``warehouse`` is a folder that
    dbt's process and the workers see under one path.
    """

    method: str = "session"
    host: str = "session"
    remote: str = ""
    master: str = "local[*]"
    warehouse: str = "build/spark"
    companion: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        folder = Path(self.warehouse).absolute()
        fixed = {
            # Once started, a server has its own.
            "spark.master": self.master,
            "spark.sql.warehouse.dir": folder.as_uri(),
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.hadoop.javax.jdo.option.ConnectionURL": (
                f"jdbc:derby:;databaseName={folder}/metastore;create=true"
            ),
            "spark.driver.defaultJavaOptions": f"-Dderby.system.home={folder}",
        }
        self.server_side_parameters = {
            **({"spark.remote": self.remote} if self.remote else fixed),
            # DuckDB's timestamps have no zone, and the build's clock is UTC.
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
            **self.server_side_parameters,
        }

    @property
    def type(self) -> str:
        return _TYPE


class SparkSessionConnectionManager(SparkConnectionManager):
    TYPE = _TYPE

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        """Open the session, and before the first one the companion."""
        companion_of(connection.credentials)
        return super().open(connection)


class SparkSessionAdapter(SparkAdapter):
    """dbt-spark's adapter with Python models and actions in dbt's process."""

    ConnectionManager = SparkSessionConnectionManager

    @available
    def call_package(self, action: str, arguments: dict[str, Any]) -> Any:
        """Run an action of the package on what Spark has built, and give its answer."""
        return companion_of(self.config.credentials).call(action, arguments)

    @available
    def load_seed(self, relation: Any, path: str, types: dict[str, str]) -> None:
        """Load a seed from its CSV file."""
        companion_of(self.config.credentials).load_seed(str(relation), path, types)

    def submit_python_job(self, parsed_model: dict, compiled_code: str) -> Any:
        """Run a Python model in this process."""
        name = f"{parsed_model['schema']}.{parsed_model['alias']}"
        companion_of(self.config.credentials).run_model(name, compiled_code)
        return self.generate_python_submission_response(None)


def companion_of(credentials: SparkSessionCredentials) -> Companion:
    """Give the companion of this process."""

    def execute(sql: str) -> None:
        Cursor(server_side_parameters=credentials.server_side_parameters).execute(sql)

    return Companion.of_process(
        execute=execute, warehouse=credentials.warehouse, **credentials.companion
    )


Plugin = AdapterPlugin(
    adapter=SparkSessionAdapter,
    credentials=SparkSessionCredentials,
    include_path=str(Path(__file__).parent),
    dependencies=["spark"],
)
