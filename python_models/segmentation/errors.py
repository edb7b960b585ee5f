"""The one error type that this package raises for what a user can mend."""

from dbt_common.exceptions import DbtRuntimeError


class SegmentationError(DbtRuntimeError):
    """Bad input or settings; the message names the value and the remedy.

    A dbt error, so that dbt prints the message alone. Inside a Python model dbt-duckdb
    puts a traceback before it; what can be checked earlier is (see requirements.py).
    """
