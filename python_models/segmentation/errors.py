"""The one error type of this package, for what a user can mend."""

import difflib
from collections.abc import Iterable

from dbt_common.exceptions import DbtRuntimeError


class SegmentationError(DbtRuntimeError):
    """Bad input or settings; the message names the value and the remedy.

    A dbt error, so that dbt prints the message alone. Inside a Python model dbt-duckdb
    puts a traceback before it; what can be checked earlier is (see requirements.py).
    """


def close_name(name: str, known: Iterable[str]) -> str:
    """Ask for the known name that is most like this one; empty if none is."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}? " if close else ""
