"""The SQL that dbt has compiled, run on made-up rows without dbt."""

import json
from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

import duckdb
import pandas as pd
from dbt_project import DbtProject
from project_copies import RAW_COLUMNS
from segmentation.publication.memory import MEMBER_SEGMENTS, MEMORY_TABLES


def nodes_of(project: DbtProject) -> dict[str, dict[str, Any]]:
    manifest = project.folder / "target" / "manifest.json"
    return json.loads(manifest.read_text(encoding="utf-8"))["nodes"]


def compiled_query(nodes: Mapping[str, dict[str, Any]], name: str) -> str:
    """Give the SQL of a model, or of a data test: the rows that it complains of."""
    (code,) = (node["compiled_code"] for node in nodes.values() if node["name"] == name)
    return code


class CompiledModels:
    """Models of a built project in an in-memory database.

    Parameters
    ----------
    project : DbtProject
        Built from the seeds. Its reference seeds are copied, its raw tables are not.
    targets : sequence of str
        Names of the models to run, with everything upstream of them.
    """

    def __init__(self, project: DbtProject, *, targets: Sequence[str]) -> None:
        self.nodes = nodes = nodes_of(project)
        self.database = duckdb.connect(config={"threads": 1})
        self.database.execute("attach ':memory:' as segmentation")
        self.database.execute("use segmentation")
        # Nothing has been published.
        self.database.execute("attach ':memory:' as previous_publication")
        for table, columns in (
            MEMORY_TABLES | {"member_segments": MEMBER_SEGMENTS}
        ).items():
            self.database.execute(
                f"create table previous_publication.{table} ({columns})"
            )
        built = project.folder / "build" / "segmentation.duckdb"
        self.database.execute(f"attach '{built}' as built (read_only)")
        parents: dict[str, list[str]] = {}
        waiting = [f"model.client_segmentation.{name}" for name in targets]
        while waiting:
            key = waiting.pop()
            if key not in parents:
                needed = nodes[key].get("depends_on", {}).get("nodes", [])
                parents[key] = [name for name in needed if name in nodes]
                waiting += parents[key]
        order = [nodes[key] for key in TopologicalSorter(parents).static_order()]
        for node in order:
            place = f"{node['schema']}.{node['name']}"
            self.database.execute(f"create schema if not exists {node['schema']}")
            # Views are tables here: each of their readers would plan them again.
            content = node.get("compiled_code")
            if node["resource_type"] == "seed":
                # Tests fill the raw tables.
                content = f"from built.{place}"
                content += " limit 0" if node["schema"] == "raw" else ""
            self.database.execute(f"create table {place} as {content}")
        self.database.execute("detach built")
        self.parents = parents
        self.models = [node for node in order if node["resource_type"] == "model"]

    def fill(self, raw_tables: Mapping[str, Sequence[Sequence[str | None]]]) -> None:
        """Put these rows in the place of the raw tables; missing ones are emptied."""
        for name, columns in RAW_COLUMNS.items():
            # Read by the engine under this name.
            rows = pd.DataFrame(  # noqa: F841
                raw_tables.get(name, []), columns=list(columns), dtype="object"
            )
            listed = ", ".join(f"cast({column} as varchar)" for column in columns)
            # Models that are not asked for read no raw table.
            if f"seed.client_segmentation.raw_{name}" not in self.parents:
                continue
            self.database.execute(f"delete from raw.raw_{name}")
            self.database.execute(
                f"insert into raw.raw_{name} select {listed} from rows"
            )

    def run(self, *names: str) -> None:
        """Make these models, or all, anew from the raw rows, in their order."""
        for node in self.models:
            if not names or node["name"] in names:
                place = f"{node['schema']}.{node['name']}"
                self.database.execute(f"delete from {place}")
                self.database.execute(f"insert into {place} {node['compiled_code']}")

    def failures(self, data_test: str) -> list[tuple]:
        """Return the rows that a data test of the project complains about."""
        return self.rows(compiled_query(self.nodes, data_test))

    def rows(self, query: str) -> list[tuple]:
        return self.database.execute(query).fetchall()
