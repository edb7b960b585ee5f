"""Write values and names as SQL text, where the engine takes no parameters."""


def quoted(name: str) -> str:
    """Quote a column or table name."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text."""
    return "'" + value.replace("'", "''") + "'"


def number(value: float) -> str:
    """Write a float so that the engine reads the same bits; -- would be a comment."""
    return f"cast('{float(value)!r}' as double)"


def finite(column: str) -> str:
    """Read a column as a double, NULL where it is NaN or infinite."""
    value = f"cast({quoted(column)} as double)"
    for unusable in ("NaN", "Infinity", "-Infinity"):
        value = f"nullif({value}, cast('{unusable}' as double))"
    return value
