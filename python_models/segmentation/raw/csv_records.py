"""Go through the records of a CSV file for what a reader accepts and should not."""

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

    longest = 0
    record: list[bytes] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            is_odd = line.count(b'"') % 2 == 1
            if record:
                record.append(line)
                if not is_odd:
                    continue
                if all(map(looks_like_row, record)):
                    raise SegmentationError(
                        f"The file {name} has a quote in line"
                        f" {number - len(record) + 1} that is closed in line {number}"
                        " only, and every line between them looks like a row: delete"
                        " that quote, or write it twice in a value in quotes."
                    )
                longest = max(longest, sum(map(len, record)))
                record = []
            elif is_odd and opened.search(closed.sub(b"", line)):
                record = [line]
            elif len(line) > longest:
                longest = len(line)
    longest = max(longest, sum(map(len, record)))
    if longest > _LONGEST_LENGTH:
        raise SegmentationError(
            f"The file {name} has a row of {longest:,} bytes: is a quote not closed?"
            " Correct that row, or export the table again."
        )
    return max(USUAL_LENGTH, longest + 2)
