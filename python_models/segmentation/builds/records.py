"""The JSON files in which commands tell how they ended, and how long it took."""

import json
import os
import re
from pathlib import Path
from typing import Any

from dbt.adapters.events.logging import AdapterLogger

_logger = AdapterLogger("Segmentation")
# What this process has recorded: another may write or remove the same file meanwhile.
_recorded: dict[str, dict[str, Any]] = {}
# Errors of DuckDB that quote a value of a row, which may be personal.
_QUOTING = re.compile(r"(Conversion|Constraint|Invalid Input|Out of Range) Error: ")


def write_record(folder: Path, name: str, record: dict[str, Any]) -> dict[str, Any]:
    """Write a record, and return it as it reads.

    Where it cannot be written, on a full disk, the log says so: how the command ended
    matters more.
    """
    record = _without_values(record)
    text = json.dumps(record, default=str, ensure_ascii=False, indent=2) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{name}"
        unfinished.touch(mode=0o600)
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, folder / name)
    except OSError as error:
        _logger.info(f"{folder / name} could not be written ({error}).")
    _recorded[name] = json.loads(text)
    return _recorded[name]


def read_record(folder: Path, name: str) -> dict[str, Any]:
    """Read what an earlier command has recorded; nothing where that cannot be read."""
    try:
        return json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def take_record(name: str) -> dict[str, Any] | None:
    """Take what this process has recorded since it was last asked; None if nothing."""
    return _recorded.pop(name, None)


def _without_values(record: Any) -> Any:
    """Leave out what errors quote of the data: records are sent to others."""
    if isinstance(record, dict):
        return {name: _without_values(value) for name, value in record.items()}
    if isinstance(record, list):
        return [_without_values(value) for value in record]
    found = _QUOTING.search(record) if isinstance(record, str) else None
    if not found:
        return record
    said = re.sub(r"'.*'|\".*\"", "...", record[found.end() :], flags=re.DOTALL)
    return record[: found.end()] + said.splitlines()[0]
