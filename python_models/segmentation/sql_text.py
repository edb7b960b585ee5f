"""Write values and names as SQL text, and read rows by the names of columns."""

import re
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection


def fetch_dicts(answer: DuckDBPyConnection) -> list[dict[str, Any]]:
    """Give the rows that a connection has been asked for, each by column name."""
    names = [column[0] for column in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


def quoted(name: str) -> str:
    """Quote a column or table name."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text."""
    return "'" + value.replace("'", "''") + "'"


def exact_path(path: Path) -> str:
    """Quote the path of one file, which the engine would take for a pattern."""
    return text(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))
