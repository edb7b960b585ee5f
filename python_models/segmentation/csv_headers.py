"""Read and check the header line of a CSV file, before anything else of it."""

import csv
import difflib
from collections.abc import Sequence
from pathlib import Path

from segmentation.errors import SegmentationError

DELIMITERS = (",", ";", "\t")


def read_header(path: Path, *, expected: Sequence[str]) -> tuple[list[str], str]:
    """Read the column names of a CSV file, and find out its delimiter.

    Parameters
    ----------
    path : pathlib.Path
        A file in UTF-8, with or without a byte-order mark.
    expected : sequence of str
        The columns it should have; the delimiter that finds most of them is taken.

    Returns
    -------
    columns : list of str
    delimiter : str

    Raises
    ------
    SegmentationError
        If the file has no byte at all.
    """
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        line = file.readline()
    if not line:
        raise SegmentationError(
            f"The file {path} is empty: write it again, with the header line"
            f" {','.join(expected)}."
        )

    def split(delimiter: str) -> list[str]:
        return next(csv.reader([line], delimiter=delimiter), [])

    def known_columns(delimiter: str) -> int:
        return len({name.strip().lower() for name in split(delimiter)} & set(expected))

    delimiter = max(DELIMITERS, key=known_columns)
    return split(delimiter), delimiter


def check_header(columns: Sequence[str], *, expected: Sequence[str], what: str) -> None:
    """Refuse a header that lacks a column.

    Parameters
    ----------
    columns : sequence of str
        What the header has; case does not matter.
    expected : sequence of str
        What it must have, in lower case.
    what : str
        The table and file, for the message.

    Raises
    ------
    SegmentationError
        Names the missing column, the closest one there is, and the header.
    """
    present = [column.strip().lower() for column in columns]
    for column in expected:
        if column in present:
            continue
        others = [name for name in present if name not in expected]
        close = difflib.get_close_matches(column, others, n=1, cutoff=0.5)
        remedy = (
            f"rename {close[0]!r} to {column!r}" if close else f"add {column!r} to it"
        )
        header = ", ".join(f'"{name}"' for name in columns)
        raise SegmentationError(
            f"{what} has no column {column!r}: {remedy}. Its header is {header}."
        )
