"""Find out how a text file is encoded, and write it anew in UTF-8."""

import codecs
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from segmentation.errors import SegmentationError
from segmentation.sql_text import quoted

# First bytes of what is mistaken for CSV, each with how to make a CSV of it.
BINARY_STARTS = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive", "open it and save it as"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "open it and save it as"),
    (b"%PDF", "a PDF document", "export the table anew as"),
    (b"\x1f\x8b", "compressed (gzip)", "unpack it, which gives"),
    (b"PAR1", "a Parquet file", "give it the ending .parquet, or export it as"),
)
# What writes a letter as one byte: in the order in which it is believed, its name.
SINGLE_BYTE = {
    "cp1252": "Windows-1252",
    "iso8859_15": "ISO 8859-15",
    "cp858": "code page 850 (DOS)",
    "mac_roman": "Mac Roman",
}
LETTERS = "A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžŸ"
# Signs that may stand between two letters, and others that may stand beside one.
JOINING = "\u2019\u2013\u2014\u00b4·°\xa0\xad"
BESIDE = "«»\u2018\u201c\u201d…®™©ªº²³€•¡¿"
# What no language writes, and what is there where bytes are taken for another encoding:
# "H“tel" and "CafŽ" for Hôtel and Café. A sign that belongs beside no letter, a sign
# between two letters, an accented capital behind a small letter.
IMPOSSIBLE = re.compile(
    "[\ufffd\x80-\x9f\u2500-\u25ff¤]"
    rf"|(?<=[{LETTERS}])[^{LETTERS}{JOINING}{BESIDE}\x00-\x7f]"
    rf"|[^{LETTERS}{JOINING}{BESIDE}\x00-\x7f](?=[{LETTERS}])"
    rf"|(?<=[{LETTERS}])[{BESIDE}](?=[{LETTERS}])"
    r"|(?<=[a-zß-ÿ])[À-ÞŒŠŽŸ]"
)
# Between encodings with as few of these, the letters of French decide, the most
# frequent one twice; and that not many people write CAFé.
FREQUENT = "éèàêçôîâûëïùœÉÈÀÊÇÔÎéÉ"
UNLIKELY = re.compile(r"(?<=[A-Z])[ß-ÿ](?![a-z])")
# A question mark for a letter, and "Ã" for "à" of which the other half was a space.
LOST_LETTER = re.compile(rf"[{LETTERS}]\?[a-zß-ÿ]|(?:^|[^A-ZÀ-Þ])Ã(?:[^{LETTERS}]|$)")
# Words with letters that are not ASCII.
ACCENTED_WORD = re.compile(rb"[^\s,;\"]*[\x80-\xff][^\s,;\"]*")
# An encoding is not believed where more than one word in so many is impossible.
WORDS_PER_IMPOSSIBLE_ONE = 4
MULTI_BYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]"
    rb"|[\xe0-\xef][\x80-\xbf]{2}"
    rb"|[\xf0-\xf4][\x80-\xbf]{3}"
)
# Letters and signs of western languages as UTF-8 writes them. As Windows-1252 they
# would read Â, Ã or Å and a sign, or â and two signs, which nobody writes.
WESTERN_UTF_8 = re.compile(rb"[\xc2\xc3\xc5][\x80-\xbf]|\xe2[\x80-\x84][\x80-\xbf]")
HIGH_BYTES = bytes(range(0x80, 0x100))
# Bytes that are looked at in one go.
PIECE = 1 << 20
LINE_END = re.compile(rb"\r\n|\r|\n")


def make_readable(path: Path, *, copy: Path) -> tuple[Path, str]:
    """Write a copy in UTF-8, its lines all ended in one way, where one is needed.

    A byte-order mark decides. Without one a file is UTF-8 if every byte is, and else
    the first of `SINGLE_BYTE` that gives the fewest impossible words. Returned are the
    file to read, and what is worth telling of the encoding. What needs no copy is gone
    through in pieces, whatever its size.
    """
    if _is_readable(path):
        return path, "read as UTF-8"
    data = path.read_bytes()
    for first_bytes, kind, remedy in BINARY_STARTS:
        if data.startswith(first_bytes):
            raise SegmentationError(
                f"The file {path} is {kind}, not a CSV: {remedy} CSV UTF-8."
            )
    encoding = "UTF-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "UTF-16"
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
        codec = _single_byte_encoding(data, path=path, place=error.start)
        encoding = SINGLE_BYTE[codec]
        data = data.decode(codec).encode()
    told = f"read as {encoding}"
    crlf, newlines, returns = (data.count(end) for end in (b"\r\n", b"\n", b"\r"))
    has_one_line_end = returns == 0 or crlf == newlines == returns
    # The engine does not see a quote behind the mark.
    is_marked = data.startswith(codecs.BOM_UTF8)
    if has_one_line_end and encoding == "UTF-8" and not is_marked:
        return path, told
    data = data.removeprefix(codecs.BOM_UTF8)
    copy.write_bytes(data if has_one_line_end else LINE_END.sub(b"\n", data))
    return copy, told


def _is_readable(path: Path) -> bool:
    """Tell whether it is UTF-8 without a mark, all lines ended in one way."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    first_bytes = (codecs.BOM_UTF8, *(start for start, _, _ in BINARY_STARTS))
    line_ends = [0, 0, 0]
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            if file.tell() == len(piece) and piece.startswith(first_bytes):
                return False
            # A line end may not fall between two pieces.
            while piece.endswith(b"\r") and (more := file.read(1)):
                piece += more
            if b"\0" in piece:
                return False
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                return False
            for place, end in enumerate((b"\r\n", b"\n", b"\r")):
                line_ends[place] += piece.count(end)
    crlf, newlines, returns = line_ends
    is_cut = bool(decoder.getstate()[0])
    return not is_cut and (returns == 0 or crlf == newlines == returns)


def _single_byte_encoding(data: bytes, *, path: Path, place: int) -> str:
    """Find out which of `SINGLE_BYTE` a file is in, or refuse it."""
    words = set(ACCENTED_WORD.findall(data))
    clues = {}
    for encoding in SINGLE_BYTE:
        text = b" ".join(words).decode(encoding, errors="replace")
        clues[encoding] = (
            len(IMPOSSIBLE.findall(text)),
            len(UNLIKELY.findall(text)) - sum(map(text.count, FREQUENT)),
        )
    least = min(clues.values())
    best = [encoding for encoding, found in clues.items() if found == least]
    if clues["cp1252"][0] == least[0]:
        best = ["cp1252"]
    is_whole = "\ufffd" not in data.decode(best[0], errors="replace")
    if (
        len(best) > 1
        or not is_whole
        or least[0] * WORDS_PER_IMPOSSIBLE_ONE > len(words)
    ):
        raise SegmentationError(
            f"The file {path} is neither in UTF-8 nor in another encoding that can be"
            f" told (line {_line_of(data, place)}): save it as CSV UTF-8."
        )
    return best[0]


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


def mend_values(
    cursor: DuckDBPyConnection, relation: str, columns: Sequence[str]
) -> list[str]:
    """Mend values that were UTF-8 and have been read as something else before.

    ``CafÃ©`` can be nothing but ``Café``, and is replaced. What has lost its letters
    (``H?tel``, ``H“tel``) stays. Returned is what is to be told of both.
    """
    told = []
    for column in columns:
        name = quoted(column)
        values = [
            value
            for (value,) in cursor.execute(
                f"select distinct {name} from {relation}"
                # Of texts in ASCII, which most are, only a question mark can be one.
                f" where (strlen({name}) <> length({name}) or contains({name}, '?'))"
                f" and regexp_matches({name}, ?)",
                [SUSPICIOUS],
            ).fetchall()
        ]
        mended = {value: new for value in values if (new := mend(value)) != value}
        lost = sum(map(is_damaged, (mended.get(value, value) for value in values)))
        if mended:
            cursor.execute(
                f"update {relation} set {name} = new from (select unnest(?) as old,"
                f" unnest(?) as new) as mended where {name} = old",
                [list(mended), list(mended.values())],
            )
            told.append(
                f"{column}: mended {_values(len(mended))} of UTF-8 that was once read"
                ' as something else ("CafÃ©" for "Café"); correct that export'
            )
        if lost:
            told.append(
                f"{column}: {_values(lost)} with letters that an earlier conversion has"
                ' spoilt ("H?tel", "H“tel"); correct them where they come from'
            )
    return told


def mend(value: str) -> str:
    """Undo, as often as it was done, that UTF-8 was read as another encoding."""
    for pattern, bytes_of in MISREAD_UTF_8:
        while (new := pattern.sub(partial(_decoded, bytes_of), value)) != value:
            value = new
    return value


def is_damaged(value: str) -> bool:
    """Tell whether letters are missing; other scripts than Latin are not judged."""
    if "\ufffd" in value or LOST_LETTER.search(value):
        return True
    try:
        value.encode("cp1252")
    except UnicodeEncodeError:
        return bool(re.search("[\x80-\x9f]", value))
    return bool(IMPOSSIBLE.search(value))


def _decoded(bytes_of: dict[str, int], found: re.Match[str]) -> str:
    try:
        return bytes(bytes_of[letter] for letter in found[0]).decode()
    except UnicodeDecodeError:
        return found[0]


def _misread_utf_8(encoding: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """Write the pattern of western letters, signs and emoji in UTF-8, as misread."""
    letters = [
        # A byte without a sign is kept as a control character.
        bytes([byte]).decode(encoding, errors="ignore") or chr(byte)
        for byte in range(256)
    ]
    further = f"[{''.join(letters[0x80:0xC0])}]"
    signs = f"{letters[0xE2]}[{''.join(letters[0x80:0xA0])}]{further}"
    emoji = f"{letters[0xF0]}{letters[0x9F]}{further}{{2}}"
    pattern = (
        f"[{letters[0xC2]}{letters[0xC3]}{letters[0xC5]}]{further}|{signs}|{emoji}"
    )
    return re.compile(pattern), {letter: byte for byte, letter in enumerate(letters)}


MISREAD_UTF_8 = [
    _misread_utf_8(encoding) for encoding in ("cp1252", "mac_roman", "cp850")
]
# What the engine is to find among millions of values: whatever may be one of them.
SUSPICIOUS = "|".join(
    [
        *(pattern.pattern for pattern, _ in MISREAD_UTF_8),
        rf"[^{LETTERS}{JOINING}{BESIDE}\x00-\x7f]",
        f"[{LETTERS}][{BESIDE}][{LETTERS}]",
        r"[a-zß-ÿ][À-ÞŒŠŽŸ]",
        LOST_LETTER.pattern,
    ]
)


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count:,} values"
