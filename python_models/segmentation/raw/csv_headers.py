"""Read and check the header of a CSV file, before anything else of it."""

import csv
import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from segmentation.errors import SegmentationError
from segmentation.raw.files import listed

DELIMITERS = (",", ";", "\t")
# What other tools write, told apart so that the error can name it.
OTHER_DELIMITERS = ("|", ":", "^", "~", " ")
# A header with line breaks in its names, or below a title, ends within so many lines.
LONGEST_HEADER = 20
LONGEST_NAME = 60
# What in a first line is no name of a column: an address, or the digits of a telephone.
_DETAIL = re.compile(r"@|(?:\d\W*){6}")


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
        head = [line, *islice(file, LONGEST_HEADER - 1)]
        has_more = any(further.strip() for further in file)
    if not line:
        raise SegmentationError(
            f"The file {name} is empty: write it again, with the header line"
            f" {','.join(expected)}."
        )

    def known_columns(delimiter: str, text: str) -> int:
        names = re.split(f"[{re.escape(delimiter)}\r\n]", text)
        return len({plain_name(name.strip(' "')) for name in names} & set(expected))

    # What is quoted may hold line breaks.
    end = next((n for n in range(1, len(head)) if _is_whole(head[:n])), len(head))
    text = "".join(head[:end])
    if not any(known_columns(delimiter, text) for delimiter in DELIMITERS):
        for place, further in enumerate(head):
            if max(known_columns(d, further) for d in DELIMITERS) == len(expected):
                raise SegmentationError(
                    f"The file {name} has its header in line {skipped + place + 1}:"
                    " delete the lines before it."
                )
    delimiter = max(DELIMITERS, key=lambda delimiter: known_columns(delimiter, text))
    other = max(OTHER_DELIMITERS, key=lambda delimiter: known_columns(delimiter, text))
    if known_columns(other, text) > max(known_columns(delimiter, text), 1):
        raise SegmentationError(
            f"The file {name} is separated by {other!r}: save it as CSV with commas,"
            " semicolons or tabs."
        )
    reader = csv.reader(head, delimiter=delimiter, strict=True)
    try:
        columns = next(reader) if '"' in text else line.strip("\r\n").split(delimiter)
    except csv.Error:
        raise SegmentationError(
            f"The header of the file {name} (line {skipped + 1}) has a quote that"
            " opens or ends no name: delete that quote."
        ) from None
    has_rows = has_more or any(row.strip() for row in head[reader.line_num or 1 :])
    return CsvHeader(tuple(columns), delimiter, skipped, has_rows)


def _is_whole(lines: Sequence[str]) -> bool:
    return sum(line.count('"') for line in lines) % 2 == 0


def plain_name(column: str) -> str:
    return column.strip().lower()


def shown_name(column: str) -> str:
    """Write a column's name as messages do, which may be a value of a person."""
    name = " ".join(column.split())
    return "…" if _DETAIL.search(name) else name[:LONGEST_NAME]


def check_header(columns: Sequence[str], *, expected: Sequence[str], what: str) -> None:
    """Refuse a header that lacks a column or has one twice, by the table and file."""
    present = Counter(plain_name(column) for column in columns)
    header = listed([f'"{shown_name(n)}"' for n in columns])
    others = [name for name in present if name not in expected]
    if not any(
        difflib.get_close_matches(n, present, n=1, cutoff=0.5) for n in expected
    ):
        # It may be a row, which is not to be quoted.
        raise SegmentationError(
            f"{what} has no column {expected[0]!r}, nor any of the others: write"
            f" {', '.join(expected)} into its first line."
        )
    for column in (name for name in expected if name not in present):
        close = difflib.get_close_matches(column, others, n=1, cutoff=0.5)
        remedy = (
            f"rename {shown_name(close[0])!r} to {column!r}"
            if close
            else f"add {column!r} to it"
        )
        raise SegmentationError(
            f"{what} has no column {column!r}: {remedy}. Its header is {header}."
        )
    for column in expected:
        if present[column] > 1:
            raise SegmentationError(
                f"{what} has the column {column!r} more than once: delete or rename"
                f" the wrong one. Its header is {header}."
            )
