"""Keep what scores somebody who is not in the data, and score by it without dbt.

A publication's table ``scoring_steps`` holds the compiled models that score and explain
members, as they ran, and the tables that these read, but no rows of members. On one row
of features they give what a build would: there is no second implementation.
"""

from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from segmentation.sql_text import fetch_dicts, quoted

COLUMNS = {
    "position integer primary key": "Place in the order of steps, from 1.",
    "segmentation string": "The segmentation whose feature table this is, or that alone"
    " needs the query; NULL where all do.",
    "relation string": "Name of the table that the step fills, with its schema.",
    "column_types string": "Names and types of its columns, as SQL.",
    "row_values string": "JSON list of its rows; NULL where a query makes them.",
    "query string": "SQL that makes its rows; NULL where they are listed.",
}


def list_scoring_steps(
    cursor: DuckDBPyConnection, steps: list[dict[str, Any]]
) -> list[tuple]:
    """List the rows of ``scoring_steps``.

    Each step has ``segmentation``, ``relation`` and either its ``query`` or, of a
    table, the ``columns`` to keep (None: all) and the ``condition`` of rows to keep.
    """
    rows = []
    for position, step in enumerate(steps, 1):
        # Elsewhere the database has another name.
        database, relation = step["relation"].split(".", 1)
        query, listed = step.get("query"), None
        columns = ", ".join(map(quoted, dict.fromkeys(step.get("columns") or ())))
        made = cursor.sql(f"select {columns or '*'} from {step['relation']}")
        types = ", ".join(
            f"{quoted(name)} {type_}"
            for name, type_ in zip(made.columns, made.types, strict=True)
        )
        if query is None:
            kept = made.filter(step["condition"]).set_alias("kept")
            listed = kept.aggregate("to_json(coalesce(list(kept order by kept), []))")
            ((listed,),) = listed.fetchall()
        else:
            query = query.replace(f"{database}.", "")
        rows.append((position, step["segmentation"], relation, types, listed, query))
    return rows


class Scoring:
    """Scores by the steps of a publication, in a database of its own in memory.

    ``features`` are, by segmentation, the name and the type of each feature that it
    asks for, as DuckDB writes types.
    """

    def __init__(self, steps: list[dict[str, Any]]):
        """Make the tables of the steps: rows of ``scoring_steps``, in their order."""
        self.features: dict[str, dict[str, str]] = {}
        self._keyed: dict[str, str] = {}
        self._queries = [step for step in steps if step["query"]]
        self._database = duckdb.connect(config={"memory_limit": "1GB", "threads": 1})
        for step in steps:
            relation, types = step["relation"], step["column_types"]
            schema = relation.split(".")[0]
            self._database.execute(f"create schema if not exists {schema}")
            # Two segmentations may have one feature table.
            self._database.execute(f"create table if not exists {relation} ({types})")
            if step["query"]:
                continue
            if step["segmentation"]:
                table = self._database.table(relation)
                _, *features = zip(table.columns, map(str, table.types), strict=True)
                self.features[step["segmentation"]] = dict(features)
                self._keyed[step["segmentation"]] = relation
            self._database.execute(
                f"insert into {relation}"
                f" select unnest(?::json::struct({types})[], max_depth := 2)",
                [step["row_values"]],
            )

    def score(
        self, segmentation: str, members: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Give the rows that a build would make of members in their table, in order.

        Each has all features of the segmentation, None where one is unknown. What is
        written on the way is taken back, so that any number of threads may score.
        """
        names = self.features[segmentation]
        places = f"({', '.join('?' * (1 + len(names)))})"
        cursor = self._database.cursor()
        try:
            cursor.begin()
            cursor.execute(
                f"insert into {self._keyed[segmentation]}"
                f" values {', '.join([places] * len(members))}",
                [
                    value
                    for number, features in enumerate(members)
                    for value in (str(number), *(features[name] for name in names))
                ],
            )
            for step in self._queries:
                if step["segmentation"] in (None, segmentation):
                    answer = step["relation"]
                    cursor.execute(f"insert into {answer} {step['query']}")
            rows = fetch_dicts(cursor.execute(f"from {answer}"))
            return sorted(rows, key=lambda row: int(row["member_id"]))
        finally:
            # Without a commit nothing stays.
            cursor.close()
