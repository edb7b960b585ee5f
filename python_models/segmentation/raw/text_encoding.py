"""Find out how a text file is encoded, and write it anew in UTF-8."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import SegmentationError

CHUNK = 1 << 20
# First bytes of what is mistaken for CSV, each with how to make a CSV of it.
BINARY_STARTS = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive", "open it and save it as"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "open it and save it as"),
    (b"%PDF", "a PDF document", "export the table anew as"),
    (b"\x1f\x8b", "compressed (gzip)", "unpack it, which gives"),
    (b"PAR1", "a Parquet file", "give it the ending .parquet, or export it as"),
)
UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}
# Bytes that Windows-1252 gives no sign.
NOT_IN_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_MULTI_BYTE = (
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3}"
)
MULTI_BYTE = re.compile(_MULTI_BYTE)
NOT_BROKEN = re.compile(rb"(?:[\x00-\x7f]|" + _MULTI_BYTE + rb")*+")
# Letters and signs of western languages as UTF-8 writes them. As Windows-1252 they
# would read Â, Ã or Å and a sign, or â and two signs, which nobody writes.
WESTERN_UTF_8 = re.compile(rb"[\xc2\xc3\xc5][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")
HIGH_BYTES = bytes(range(0x80, 0x100))


@dataclass(frozen=True)
class TextForm:
    """How a text file is written.

    Attributes
    ----------
    encoding : str
        A key of :data:`NAMES`.
    has_mixed_line_ends : bool
        Whether its lines end in more than one way.
    line_without_letters : int or None
        The first line with a byte that is a control character in the encoding taken.
    """

    encoding: str
    has_mixed_line_ends: bool
    line_without_letters: int | None = None

    @property
    def is_read_as_it_is(self) -> bool:
        return self.encoding == "utf-8" and not self.has_mixed_line_ends


def find_text_form(path: Path) -> TextForm:
    """Find out the encoding of a text file from its bytes, all of them.

    A byte-order mark decides. Without one it is UTF-8 if every byte is, and else
    Windows-1252 (which contains what Latin-1 writes), or Latin-1 if it has bytes that
    Windows-1252 does not know. A file that is UTF-8 but for some broken bytes is
    none of these: as Windows-1252 its accents would be two wrong letters each. It is
    taken for that if it is marked as UTF-8, has a western letter or sign in UTF-8, or
    if at least half of what is not ASCII is UTF-8.

    Raises
    ------
    SegmentationError
        If it is no text, or text of two encodings; names the file and the line.
    """
    with path.open("rb") as file:
        start = file.read(4)
    for first_bytes, kind, remedy in BINARY_STARTS:
        if start.startswith(first_bytes):
            raise SegmentationError(
                f"The file {path} is {kind}, not a CSV: {remedy} CSV UTF-8."
            )
    encoding = UTF_16.get(start[:2], "utf-8")
    try:
        ends = _decode_all(path, encoding=encoding)
    except UnicodeDecodeError:
        if encoding != "utf-8":
            raise SegmentationError(
                f"The file {path} starts as UTF-16 and is not: save it as CSV UTF-8."
            ) from None
        return _find_one_byte_form(path, is_marked=start.startswith(codecs.BOM_UTF8))
    return TextForm(encoding, has_mixed_line_ends=len(ends) > 1)


def write_as_utf_8(path: Path, *, form: TextForm, target: Path) -> None:
    """Write a text file anew in UTF-8, its lines all ended in one way."""
    with (
        path.open(encoding=form.encoding, newline=None) as source,
        target.open("w", encoding="utf-8", newline="") as copy,
    ):
        while text := source.read(CHUNK):
            copy.write(text)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _decode_all(path: Path, *, encoding: str) -> set[str]:
    """Decode a file to its end, and collect the ways in which its lines end."""
    decoder = codecs.getincrementaldecoder(encoding)()
    ends: set[str] = set()
    held = ""
    for chunk in _chunks(path):
        text = held + decoder.decode(chunk)
        _check_no_zero("\0" in text, path=path)
        # The other half of a CRLF may be in the next chunk.
        held = "\r" if text.endswith("\r") else ""
        ends |= _line_ends(text.removesuffix("\r") if held else text)
    decoder.decode(b"", final=True)
    return ends | _line_ends(held)


def _line_ends(text: str) -> set[str]:
    crlf = text.count("\r\n")
    counts = {
        "\r\n": crlf,
        "\n": text.count("\n") - crlf,
        "\r": text.count("\r") - crlf,
    }
    return {end for end, count in counts.items() if count}


def _check_no_zero(has_zero: bool, *, path: Path) -> None:
    if has_zero:
        raise SegmentationError(
            f"The file {path} holds bytes that are no text: it is binary, or UTF-16"
            " without a byte-order mark. Save it as CSV UTF-8."
        )


def _find_one_byte_form(path: Path, *, is_marked: bool) -> TextForm:
    """Tell Windows-1252 and Latin-1 from UTF-8 that is broken here and there."""
    multi_byte = western = loose = lines = 0
    broken_line = control_line = None
    ends: set[str] = set()
    for block in _blocks(path):
        ends |= _line_ends(block.decode("latin-1"))
        if not block.isascii():
            western += len(WESTERN_UTF_8.findall(block))
            rest, found = MULTI_BYTE.subn(b"", block)
            multi_byte += found
            found_loose = len(rest) - len(rest.translate(None, HIGH_BYTES))
            loose += found_loose
            if found_loose and broken_line is None:
                place = NOT_BROKEN.match(block).end()
                broken_line = lines + _count_lines(block[:place]) + 1
            if control_line is None and (control := NOT_IN_CP1252.search(block)):
                control_line = lines + _count_lines(block[: control.start()]) + 1
        lines += _count_lines(block)
    if is_marked or western or multi_byte >= loose:
        raise SegmentationError(
            f"The file {path} is partly in UTF-8 and partly not (line {broken_line}):"
            " reading it in either way would spoil names. Save it as CSV UTF-8, or"
            " correct that line."
        )
    return TextForm(
        "latin-1" if control_line else "cp1252",
        has_mixed_line_ends=len(ends) > 1,
        line_without_letters=control_line,
    )


def _blocks(path: Path) -> Iterator[bytes]:
    """Give a file in blocks that cut neither a letter of UTF-8 nor a CRLF in two."""
    held = b""
    for chunk in _chunks(path):
        _check_no_zero(b"\0" in chunk, path=path)
        data = held + chunk
        block = data.rstrip(HIGH_BYTES + b"\r")
        held = data[len(block) :]
        yield block
    yield held


def _count_lines(block: bytes) -> int:
    return block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")
