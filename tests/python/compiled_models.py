"""The SQL that dbt has compiled, run on made-up rows without dbt."""

import json
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

import duckdb
import pandas as pd
from dbt_project import DbtProject

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
PACKAGE = "client_segmentation"


class CompiledModels:
    """Models and data tests of a built project in an in-memory database.

    Parameters
    ----------
    project : DbtProject
        Built from the seeds. Its reference seeds are copied, its raw tables are not.
    targets : sequence of str
        Names of the models to run, with everything upstream of them.
    """

    def __init__(self, project: DbtProject, *, targets: Sequence[str]) -> None:
        manifest = project.folder / "target" / "manifest.json"
        self.nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
        self.database = duckdb.connect(config={"threads": 1})
        self.database.execute("attach ':memory:' as segmentation")
        self.database.execute("use segmentation")
        built = project.folder / "build" / "segmentation.duckdb"
        self.database.execute(f"attach '{built}' as built (read_only)")
        parents = self._parents_of([f"model.{PACKAGE}.{name}" for name in targets])
        order = [self.nodes[key] for key in TopologicalSorter(parents).static_order()]
        for node in order:
            place = f"{node['schema']}.{node['name']}"
            self.database.execute(f"create schema if not exists {node['schema']}")
            if node["resource_type"] == "seed":
                # Raw tables keep their columns only: tests fill them.
                self.database.execute(
                    f"create table {place} as from built.{place}"
                    + (" limit 0" if node["schema"] == "raw" else "")
                )
            else:
                # Views as tables too: each of their readers would plan them again.
                self.database.execute(
                    f"create table {place} as {node['compiled_code']}"
                )
        self.database.execute("detach built")
        self.models = [node for node in order if node["resource_type"] == "model"]

    def _parents_of(self, keys: Sequence[str]) -> dict[str, list[str]]:
        parents: dict[str, list[str]] = {}
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in parents:
                parents[key] = self.nodes[key].get("depends_on", {}).get("nodes", [])
                waiting += parents[key]
        return parents

    def fill(self, raw_tables: Mapping[str, Sequence[Sequence[str | None]]]) -> None:
        """Put these rows in the place of the raw tables; missing ones are emptied."""
        for name, columns in RAW_COLUMNS.items():
            # Read by the engine under this name.
            rows = pd.DataFrame(  # noqa: F841
                raw_tables.get(name, []), columns=list(columns), dtype="object"
            )
            listed = ", ".join(f"cast({column} as varchar)" for column in columns)
            self.database.execute(f"delete from raw.raw_{name}")
            self.database.execute(
                f"insert into raw.raw_{name} select {listed} from rows"
            )

    def run(self, *names: str) -> None:
        """Make these models, or all, anew from the raw rows, in their order."""
        for node in self.models:
            if names and node["name"] not in names:
                continue
            place = f"{node['schema']}.{node['name']}"
            self.database.execute(f"delete from {place}")
            self.database.execute(f"insert into {place} {node['compiled_code']}")

    def failures(self, data_test: str) -> list[tuple]:
        """Return the rows that a data test of the project complains about."""
        return self.rows(self.nodes[f"test.{PACKAGE}.{data_test}"]["compiled_code"])

    def rows(self, query: str) -> list[tuple]:
        return self.database.execute(query).fetchall()
