"""Find out how a text file is encoded, and write it anew in UTF-8."""

import codecs
import re
from pathlib import Path

from segmentation.errors import SegmentationError

# First bytes of what is mistaken for CSV, each with how to make a CSV of it.
BINARY_STARTS = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive", "open it and save it as"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "open it and save it as"),
    (b"%PDF", "a PDF document", "export the table anew as"),
    (b"\x1f\x8b", "compressed (gzip)", "unpack it, which gives"),
    (b"PAR1", "a Parquet file", "give it the ending .parquet, or export it as"),
)
# Bytes that Windows-1252 gives no sign.
NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
MULTI_BYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3}"
)
# Letters and signs of western languages as UTF-8 writes them. As Windows-1252 they
# would read Â, Ã or Å and a sign, or â and two signs, which nobody writes.
WESTERN_UTF_8 = re.compile(rb"[\xc2\xc3\xc5][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")
HIGH_BYTES = bytes(range(0x80, 0x100))
LINE_END = re.compile(rb"\r\n|\r|\n")


def make_readable(path: Path, *, copy: Path) -> tuple[Path, str]:
    """Write a copy in UTF-8, its lines all ended in one way, where one is needed.

    A byte-order mark decides. Without one a file is UTF-8 if every byte is, and else
    Windows-1252 (which contains what Latin-1 writes), or Latin-1 if it has bytes that
    Windows-1252 does not know. Returned are the file to read, and what is worth telling
    of the encoding.
    """
    data = path.read_bytes()
    for first_bytes, kind, remedy in BINARY_STARTS:
        if data.startswith(first_bytes):
            raise SegmentationError(
                f"The file {path} is {kind}, not a CSV: {remedy} CSV UTF-8."
            )
    told = ""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        told = "read as UTF-16"
        try:
            data = data.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise SegmentationError(
                f"The file {path} starts as UTF-16 and is not: save it as CSV UTF-8."
            ) from None
    if b"\0" in data:
        raise SegmentationError(
            f"The file {path} holds bytes that are no text: it is binary, or UTF-16"
            " without a byte-order mark. Save it as CSV UTF-8."
        )
    try:
        data.decode()
    except UnicodeDecodeError as error:
        _refuse_two_encodings(data, path=path, place=error.start)
        encoding, told = "cp1252", "read as Windows-1252"
        if control := NOT_IN_CP1252.search(data):
            encoding = "latin-1"
            told = (
                "read as Latin-1, which gives control characters from line"
                f" {_line_of(data, control.start())} on: a Mac or DOS export? Saved as"
                " CSV UTF-8 it is safe"
            )
        data = data.decode(encoding).encode()
    crlf, newlines, returns = (data.count(end) for end in (b"\r\n", b"\n", b"\r"))
    has_one_line_end = sum(map(bool, (crlf, newlines - crlf, returns - crlf))) <= 1
    if has_one_line_end and not told:
        return path, ""
    copy.write_bytes(LINE_END.sub(b"\n", data))
    return copy, told


def _refuse_two_encodings(data: bytes, *, path: Path, place: int) -> None:
    """Tell Windows-1252 from UTF-8 that is broken here and there.

    As Windows-1252 its accents would be two wrong letters each. A file is taken for
    broken UTF-8 if it is marked as such, has a western letter or sign in UTF-8, or if
    at least half of what is not ASCII is UTF-8.
    """
    rest, multi_byte = MULTI_BYTE.subn(b"", data)
    loose = len(rest) - len(rest.translate(None, HIGH_BYTES))
    is_marked = data.startswith(codecs.BOM_UTF8)
    if is_marked or WESTERN_UTF_8.search(data) or multi_byte >= loose:
        raise SegmentationError(
            f"The file {path} is partly in UTF-8 and partly not (line"
            f" {_line_of(data, place)}): reading it in either way would spoil names."
            " Save it as CSV UTF-8, or correct that line."
        )


def _line_of(data: bytes, place: int) -> int:
    return len(LINE_END.findall(data, 0, place)) + 1
