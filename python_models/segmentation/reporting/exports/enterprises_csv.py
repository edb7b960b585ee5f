"""Write every enterprise with its segment and plan as CSV for a French spreadsheet.

The dialect is the one that Excel opens by a double click where the decimal separator
is a comma: UTF-8 with a byte-order mark, fields apart by semicolons, lines ended by
CR LF, quotes as in RFC 4180. Each enterprise is one line.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from segmentation.sql_text import quoted

FILE_NAME = "entreprises_clusterisées.csv"
# A cluster's number is arbitrary, a colour is for charts, and a name stands for the
# key of its level: none of them is for a spreadsheet.
LEFT_OUT = ("segment_name", "segment_colour", "cluster_id", "engagement_level")
YES_AND_NO = {"fr": ("oui", "non"), "en": ("yes", "no")}
ROWS_AT_A_TIME = 10_000
# Four decimals tell apart what a reader can tell apart; the table has all of them.
DECIMALS = 4

# Control characters, and the two separators that some programs break lines at.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def write_enterprises_csv(
    cursor: DuckDBPyConnection,
    path: Path,
    *,
    relations: Mapping[str, str],
    language: str = "fr",
) -> None:
    """Write the table ``clustered_enterprises`` to a CSV file.

    Columns keep their names and order. Of texts in two languages one is written, under
    a name that does not depend on it (``actions`` for ``actions_fr``), and what only
    charts and joins need is left out (``LEFT_OUT``). NULL is an empty field,
    numbers have a decimal comma, ``assignment_margin`` has four decimals.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the database that holds the table.
    path : pathlib.Path
        The file to write; its folder exists.
    relations : mapping of str to str
        Qualified name of each table; ``clustered_enterprises`` is read.
    language : {'fr', 'en'}, default: 'fr'
        Language of names, actions and explanations. The dialect stays French: it is
        the spreadsheet's, not the reader's.
    """
    source = relations["clustered_enterprises"]
    other_language = "_en" if language == "fr" else "_fr"
    table = cursor.sql(f"select * from {source} limit 0")
    writers = {
        column: _writer_of(str(column_type), yes_and_no=YES_AND_NO[language])
        for column, column_type in zip(table.columns, table.types, strict=True)
        if column not in LEFT_OUT and not column.endswith(other_language)
    }
    rows = cursor.execute(
        f"select {', '.join(map(quoted, writers))} from {source} order by enterprise_id"
    )
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(column.removesuffix(f"_{language}") for column in writers)
        while batch := rows.fetchmany(ROWS_AT_A_TIME):
            writer.writerows(
                [
                    "" if value is None else written(value)
                    for value, written in zip(row, writers.values(), strict=True)
                ]
                for row in batch
            )


def harmless_text(value: str) -> str:
    """Write a text so that no spreadsheet runs it and it stays on one line.

    A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a
    formula, also in full width and behind spaces or invisible characters. Behind an
    apostrophe it is text; the apostrophe stays visible. Control characters, line
    breaks and tabs among them, become one space.

    References
    ----------
    OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if not value.isprintable():
        value = _CONTROL.sub(" ", value)
    # Most texts begin with a letter; a million rows have ten million texts.
    if value[:1].isalnum():
        return value
    for character in value:
        if unicodedata.category(character)[0] in "ZC":
            continue
        # The compatibility form of a full-width or small sign is the sign itself.
        if unicodedata.normalize("NFKC", character)[0] in "=+-@":
            return "'" + value
        break
    return value


def _writer_of(
    column_type: str, *, yes_and_no: tuple[str, str]
) -> Callable[[Any], str]:
    """Choose by a column's type how its values are written."""
    if column_type in ("INTEGER", "BIGINT"):
        return str
    if column_type == "BOOLEAN":
        yes, no = yes_and_no
        return lambda value: yes if value else no
    if column_type == "DOUBLE":
        return lambda value: f"{value:.{DECIMALS}f}".replace(".", ",")
    if column_type.startswith("DECIMAL"):
        return lambda value: f"{value:f}".replace(".", ",")
    return lambda value: harmless_text(str(value))
