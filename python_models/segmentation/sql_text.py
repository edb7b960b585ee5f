"""Write values and names as SQL text, where the engine takes no parameters."""

import re
from pathlib import Path


def quoted(name: str) -> str:
    """Quote a column or table name."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text."""
    return "'" + value.replace("'", "''") + "'"


def exact_path(path: Path) -> str:
    """Quote the path of one file, which the engine would take for a pattern."""
    return text(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def number(value: float) -> str:
    """Write a float so that the engine reads the same bits; -- would be a comment."""
    return f"cast('{float(value)!r}' as double)"


def finite(column: str) -> str:
    """Read a column as a double, NULL where it is NaN or infinite."""
    value = f"cast({quoted(column)} as double)"
    for unusable in ("NaN", "Infinity", "-Infinity"):
        value = f"nullif({value}, cast('{unusable}' as double))"
    return value
