"""Read and check the header line of a CSV file, before anything else of it."""

import csv
import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import SegmentationError

DELIMITERS = (",", ";", "\t")
# What other tools write, told apart so that the error can name it.
OTHER_DELIMITERS = ("|", ":", "^", "~", " ")


@dataclass(frozen=True)
class CsvHeader:
    """The header of a CSV file, its columns as the file writes them."""

    columns: tuple[str, ...]
    delimiter: str
    skipped_lines: int
    has_rows: bool


def read_header(
    path: Path, *, expected: Sequence[str], name: Path | None = None
) -> CsvHeader:
    """Read the column names of a CSV file, and find out its delimiter.

    Empty lines before it are passed over, and the line ``sep=;`` that some exports
    write for Excel. The delimiter that finds most of the expected columns is taken.
    `name` is what a message calls the file, where it is not the path.
    """
    name = name or path
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        skipped = 0
        line = file.readline()
        while line and (not line.strip() or line.lower().startswith("sep=")):
            skipped += 1
            line = file.readline()
        # A quoted name may hold a line break.
        while line.count('"') % 2 and (more := file.readline()):
            line += more
        has_rows = any(further.strip() for further in file)
    if not line:
        raise SegmentationError(
            f"The file {name} is empty: write it again, with the header line"
            f" {','.join(expected)}."
        )

    def split(delimiter: str) -> list[str]:
        return next(csv.reader([line], delimiter=delimiter), [])

    def known_columns(delimiter: str) -> int:
        return len({plain_name(column) for column in split(delimiter)} & set(expected))

    delimiter = max(DELIMITERS, key=known_columns)
    other = max(OTHER_DELIMITERS, key=known_columns)
    if known_columns(other) > max(known_columns(delimiter), 1):
        raise SegmentationError(
            f"The file {name} is separated by {other!r}: save it as CSV with commas,"
            " semicolons or tabs."
        )
    return CsvHeader(tuple(split(delimiter)), delimiter, skipped, has_rows)


def plain_name(column: str) -> str:
    return column.strip().lower()


def check_header(columns: Sequence[str], *, expected: Sequence[str], what: str) -> None:
    """Refuse a header that lacks a column or has one twice, by the table and file."""
    present = [plain_name(column) for column in columns]
    header = ", ".join(f'"{name}"' for name in columns)
    others = [name for name in present if name not in expected]
    for column in (name for name in expected if name not in present):
        close = difflib.get_close_matches(column, others, n=1, cutoff=0.5)
        remedy = (
            f"rename {close[0]!r} to {column!r}" if close else f"add {column!r} to it"
        )
        raise SegmentationError(
            f"{what} has no column {column!r}: {remedy}. Its header is {header}."
        )
    for column in present:
        # Spreadsheets leave columns without a name behind the last one.
        if column and present.count(column) > 1:
            raise SegmentationError(
                f"{what} has the column {column!r} more than once: delete or rename"
                f" the wrong one. Its header is {header}."
            )
