"""Prepare a CSV file for loading: its encoding, delimiter and header."""

from collections.abc import Sequence
from pathlib import Path

from segmentation.raw.csv_headers import check_header, plain_name, read_header
from segmentation.raw.delivered_file import DeliveredFile
from segmentation.raw.text_encoding import (
    NAMES,
    TextForm,
    find_text_form,
    write_as_utf_8,
)
from segmentation.sql_text import quoted, text


def prepare_csv(
    path: Path, *, table: str, expected: Sequence[str], copy: Path
) -> DeliveredFile:
    """Check a CSV file, and write a copy in UTF-8 where the engine cannot read it.

    Parameters
    ----------
    path : pathlib.Path
    table : str
        The raw table, for messages.
    expected : sequence of str
        The columns it must have.
    copy : pathlib.Path
        Where the copy goes if one is needed.

    Returns
    -------
    DeliveredFile

    Raises
    ------
    SegmentationError
        If it is no text or empty, or its header lacks a column or has one twice.
    """
    form = find_text_form(path)
    readable = path
    if not form.is_read_as_it_is:
        write_as_utf_8(path, form=form, target=copy)
        readable = copy
    header = read_header(readable, expected=expected, name=path)
    check_header(
        header.columns, expected=expected, what=f"The raw table {table} ({path})"
    )
    # By place: the names are known already, and may be empty.
    places = {f"c{place}": name for place, name in enumerate(header.columns)}
    types = ", ".join(f"{text(place)}: 'varchar'" for place in places)
    # Everything is stated: what DuckDB would guess from the first lines (a delimiter,
    # a comment sign, another quote) can lose rows without a word.
    options = (
        "auto_detect = false",
        f"columns = {{{types}}}",
        f"delim = {text(header.delimiter)}",
        f"skip = {header.skipped_lines}",
        "header = true",
        "quote = '\"'",
        "escape = '\"'",
        "comment = ''",
        "strict_mode = true",
    )
    return DeliveredFile(
        path=path,
        columns={
            plain_name(name): quoted(place)
            for place, name in places.items()
            if plain_name(name)
        },
        relation=f"read_csv({text(str(readable))}, {', '.join(options)})",
        form=_told(form),
        advice="Correct that line, or export the table again.",
    )


def _told(form: TextForm) -> str:
    if form.encoding == "utf-8":
        return ""
    told = f"read as {NAMES[form.encoding]}"
    if form.line_without_letters:
        told += (
            f", which gives control characters from line {form.line_without_letters}"
            " on: a Mac or DOS export? Saved as CSV UTF-8 it is safe"
        )
    return told
