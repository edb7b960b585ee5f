"""Go through the records of a CSV file for what a reader accepts and should not."""

import mmap
import os
import re
from pathlib import Path

from segmentation.errors import SegmentationError
from segmentation.raw.csv_headers import CsvHeader

# What the engine allows for a record unless it is told, and the most that it is told.
USUAL_LENGTH = 2_097_152
_LONGEST_LENGTH = 64_000_000


def check_records(path: Path, *, header: CsvHeader, name: Path) -> int:
    """Refuse a quote that swallows lines; give the bytes that a record may need.

    A quote that is never closed where it should be makes one value of all lines up to
    the next quote. Such a record gives itself away: each of its lines looks like a row,
    as wide as the header. `name` is what a message calls the file, where it is not the
    path.
    """
    delimiter = header.delimiter.encode()
    # A quote counts where a value begins with it: 5" pipe is a text.
    opened = re.compile(rb'(?:^|%b)"' % re.escape(delimiter))
    closed = re.compile(rb'(^|%b)"[^"]*(?:""[^"]*)*"(?!")' % re.escape(delimiter))
    width = len(header.columns) - 1

    def looks_like_row(line: bytes) -> bool:
        rest = closed.sub(rb"\1", line)
        # In sentences a space follows a comma, between values none.
        return rest.count(delimiter) == width and delimiter + b" " not in rest

    record: list[bytes] = []
    longest = 0
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return USUAL_LENGTH
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            longest = _longest_line(data)
            start = 0
            while start < len(data):
                if not record:
                    # Lines without a quote need no look.
                    quote = data.find(b'"', start)
                    if quote < 0:
                        break
                    start = data.rfind(b"\n", start, quote) + 1 or start
                end = data.find(b"\n", start) + 1 or len(data)
                line = data[start:end]
                start = end
                is_odd = line.count(b'"') % 2 == 1
                if record:
                    record.append(line)
                    if not is_odd:
                        continue
                    if all(map(looks_like_row, record)):
                        last = data[: end - len(line)].count(b"\n") + 1
                        raise SegmentationError(
                            f"The file {name} has a quote in line"
                            f" {last - len(record) + 1} that is closed in line {last}"
                            " only, and every line between them looks like a row:"
                            " delete that quote, or write it twice in a value in"
                            " quotes."
                        )
                    longest = max(longest, sum(map(len, record)))
                    record = []
                elif is_odd and opened.search(closed.sub(b"", line)):
                    record = [line]
    longest = max(longest, sum(map(len, record)))
    if longest > _LONGEST_LENGTH:
        raise SegmentationError(
            f"The file {name} has a row of {longest:,} bytes: is a quote not closed?"
            " Correct that row, or export the table again."
        )
    return max(USUAL_LENGTH, longest + 2)


def _longest_line(data: mmap.mmap) -> int:
    """Give the bytes of the longest line; 0 if none is longer than is usual."""
    longest = start = 0
    while len(data) - start > USUAL_LENGTH:
        end = data.rfind(b"\n", start, start + USUAL_LENGTH) + 1
        if not end:
            end = data.find(b"\n", start) + 1 or len(data)
            longest = max(longest, end - start)
        start = end
    return longest
