"""Go through the records of a CSV file for what a reader accepts and should not."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from segmentation.errors import SegmentationError
from segmentation.raw.csv_headers import CsvHeader

# What the engine allows for a record unless it is told, and the most that it is told.
USUAL_LENGTH = 2_097_152
_LONGEST_LENGTH = 64_000_000


def check_records(path: Path, *, header: CsvHeader, name: Path) -> int:
    """Refuse a quote that swallows lines; give the bytes that a record may need.

    A quote that is never closed where it should be makes one value of all lines up to
    the next quote. Such a record gives itself away: each of its lines is as wide as
    the header. `name` is what a message calls the file, where it is not the path.
    """
    longest = 0
    delimiter = header.delimiter.encode()
    width = len(header.columns) - 1
    with path.open("rb") as file:
        for number, lines in _records(file, delimiter=delimiter):
            longest = max(longest, sum(map(len, lines)))
            if len(lines) > 1 and all(line.count(delimiter) >= width for line in lines):
                raise SegmentationError(
                    f"The file {name} has a quote in line {number} that is closed"
                    f" in line {number + len(lines) - 1} only, and every line"
                    " between them looks like a row: delete that quote, or write it"
                    " twice in a value in quotes."
                )
    if longest > _LONGEST_LENGTH:
        raise SegmentationError(
            f"The file {name} has a row of {longest:,} bytes: is a quote not closed?"
            " Correct that row, or export the table again."
        )
    return max(USUAL_LENGTH, longest + 2)


def _records(
    file: Iterable[bytes], *, delimiter: bytes
) -> Iterator[tuple[int, list[bytes]]]:
    """Give the lines of each record, with the number of the first.

    A quote counts where a value begins with it; ``5" pipe`` is a text.
    """
    start = rb"(?:^|%b)" % re.escape(delimiter)
    closed = re.compile(start + rb'"[^"]*(?:""[^"]*)*"(?!")')
    opened = re.compile(start + rb'"')
    record: list[bytes] = []
    for number, line in enumerate(file, 1):
        is_odd = line.count(b'"') % 2 == 1
        if record:
            record.append(line)
            is_open = not is_odd
        else:
            record = [line]
            is_open = is_odd and bool(opened.search(closed.sub(b"", line)))
        if not is_open:
            yield number - len(record) + 1, record
            record = []
    if record:
        yield number - len(record) + 1, record
