"""Write values and names as SQL text, and read rows by the names of columns."""

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


def number(value: float) -> str:
    """Write a float so that the engine reads the same bits; -- would be a comment."""
    return f"cast('{float(value)!r}' as double)"
