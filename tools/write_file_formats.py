"""Write one small agency's data in every format that exports come in.

    python tools/write_file_formats.py

writes `tests/fixtures/file_formats`, one folder per format. The data are the same in
all of them; `reference` has them as plainly as CSV can.
"""

import csv
import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

FOLDER = Path(__file__).parents[1] / "tests" / "fixtures" / "file_formats"
SEEDS = Path(__file__).parents[1] / "seeds" / "raw"
COLUMNS = {
    table: tuple((SEEDS / f"raw_{table}.csv").open().readline().rstrip().split(","))
    for table in ("enterprises", "social_accounts", "turnover")
}
BESANCON = ("Besançon", "25000")
BOURG = ("Bourg-en-Bresse", "01000")
NIMES = ("Nîmes", "30000")
# Every letter is in Latin-1, so that all encodings can hold them. 113 and 114 are not
# used, and the followers of 106 are not known.
ROWS = {
    "enterprises": [
        (101, "Boulangerie Léonie", "Boulangerie", *BESANCON, True, date(2021, 3, 4)),
        (102, 'Le "Petit" Fournil', "Boulangerie", *BESANCON, True, date(2021, 3, 5)),
        (103, "Pain, Thé; Café", "Boulangerie", *BESANCON, True, date(2021, 12, 31)),
        (104, "Hôtel de l'Île", "Hôtel", *BOURG, True, date(2022, 1, 9)),
        (105, "Hôtel du Château", "Hôtel", *BOURG, True, date(2022, 1, 10)),
        (106, "Gîte des Crêtes", "Hôtel", *BOURG, True, date(2022, 2, 1)),
        (107, "Auberge Noël", "Hôtel", *BOURG, True, date(2022, 2, 2)),
        (108, "Musée de l'Été", "Musée", *NIMES, True, date(2022, 3, 1)),
        (109, "Musée du Maïs", "Musée", *NIMES, True, date(2022, 3, 2)),
        (110, "Garçon Coiffeur", "Inconnu", "Nîmes", "30900", True, date(2022, 3, 3)),
        (111, "Musée Çà & Là", "Musée", None, None, True, date(2022, 3, 4)),
        (112, "Boulangerie sans Réseau", "Boulangerie", *NIMES, True, None),
        (113, "Boulangerie Fermée", "Boulangerie", *NIMES, False, date(2020, 1, 1)),
    ],
    "social_accounts": [
        (101, "Facebook", 1200, date(2025, 1, 10)),
        (101, "Facebook", 900, date(2024, 12, 31)),
        (102, "Facebook", 1400, date(2025, 1, 10)),
        (103, "Instagram", 1300, date(2025, 1, 10)),
        (104, "Facebook", 1210000, date(2025, 1, 10)),
        (105, "Facebook", 1230500, date(2025, 1, 10)),
        (106, "Facebook", None, date(2025, 1, 10)),
        (107, "TikTok", 1215000, date(2025, 1, 10)),
        (108, "Instagram", 40500, date(2025, 1, 10)),
        (109, "Instagram", 41500, date(2025, 1, 10)),
        (110, "TikTok", 39012, date(2025, 1, 10)),
        (111, "Instagram", 40000, date(2025, 1, 10)),
        (113, "Instagram", 70, date(2025, 1, 10)),
        (114, "Instagram", 80, date(2025, 1, 10)),
    ],
    "turnover": [
        (101, 2023, Decimal("98000.00")),
        (101, 2024, Decimal("120000.50")),
        (104, 2024, Decimal("1250000.75")),
        (108, 2024, Decimal("950.10")),
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How a spreadsheet or program writes values and files."""

    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    thousands: str = ""
    decimal_mark: str = "."
    currency: str = ""
    true_and_false: tuple[str, str] = ("true", "false")
    day: Callable[[date], str] = date.isoformat
    # What is done to names and postal codes.
    name: Callable[[str], str] = str
    postal_code: Callable[[str], str] = str

    def written(self, table: str) -> list[tuple[str | None, ...]]:
        """Give the rows of a table as the texts that are written."""
        return [
            tuple(
                None if value is None else self._text(column, value)
                for column, value in zip(COLUMNS[table], row, strict=True)
            )
            for row in ROWS[table]
        ]

    def _text(self, column: str, value: object) -> str:
        if column == "followers":
            return f"{value:,}".replace(",", self.thousands)
        if column == "turnover_eur":
            whole, cents = f"{value:,.2f}".split(".")
            number = whole.replace(",", self.thousands) + self.decimal_mark + cents
            return number + self.currency
        if column == "enterprise_name":
            return self.name(str(value))
        if column == "postal_code":
            return self.postal_code(str(value))
        if isinstance(value, bool):
            return self.true_and_false[0 if value else 1]
        return self.day(value) if isinstance(value, date) else str(value)

    def encoded(self, header: list[str], rows: list[tuple[str | None, ...]]) -> bytes:
        text = io.StringIO()
        writer = csv.writer(
            text, delimiter=self.delimiter, lineterminator=self.line_end
        )
        writer.writerow(header)
        writer.writerows(rows)
        return text.getvalue().encode(self.encoding)


def serial(day: date) -> str:
    """Number a day as Excel does where a cell has lost its date format."""
    return str((day - date(1899, 12, 30)).days)


STYLES = {
    "reference": Style(),
    "french_excel": Style(
        delimiter=";",
        encoding="cp1252",
        line_end="\r\n",
        thousands="\u00a0",
        decimal_mark=",",
        currency=" €",
        true_and_false=("VRAI", "FAUX"),
        day=lambda day: day.strftime("%d/%m/%Y"),
        # A number to Excel, which drops the zero.
        postal_code=lambda code: code.lstrip("0"),
    ),
    "tab_with_mark": Style(delimiter="\t", encoding="utf-8-sig", line_end="\r\n"),
    "latin_1": Style(delimiter=";", encoding="latin-1"),
    "utf_16": Style(delimiter="\t", encoding="utf-16", line_end="\r\n"),
    "old_mac_line_ends": Style(line_end="\r"),
    "quoted_line_breaks": Style(
        line_end="\r\n", name=lambda name: name.replace(" ", "\n", 1)
    ),
    "spaces": Style(thousands=" ", decimal_mark=",", currency=" EUR"),
    "no_break_spaces": Style(thousands="\u00a0", decimal_mark=",", currency="\u00a0€"),
    "narrow_no_break_spaces": Style(thousands="\u202f", decimal_mark=","),
    "apostrophes": Style(thousands="'"),
    "points": Style(delimiter=";", thousands=".", decimal_mark=","),
    "commas": Style(delimiter=";", thousands=",", currency=" €"),
    "excel_serials": Style(delimiter=";", decimal_mark=",", day=serial),
    "other_columns": Style(delimiter=";"),
}
# Data in several files per table, or typed: how each is written is below.
FORMATS = (*STYLES, "parts", "folders", "parquet")


def write_all(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for name, style in STYLES.items():
        target = folder / name
        target.mkdir(parents=True)
        for table, columns in COLUMNS.items():
            if name == "other_columns":
                content = _with_other_columns(style, table)
            else:
                content = style.encoded(list(columns), style.written(table))
            (target / f"{table}.csv").write_bytes(content)
    _write_parts(folder / "parts", name="{table}_{part}.csv")
    _write_parts(folder / "folders", name="{table}/export {part}.CSV")
    _write_parquet(folder / "parquet")


def _with_other_columns(style: Style, table: str) -> bytes:
    """Turn the columns round, spell them otherwise, and put others between them."""
    header = ["Remarque"] + [f" {name.upper()} " for name in reversed(COLUMNS[table])]
    rows = [
        ('dit "ça va" ;\npuis rien', *reversed(row), "", "")
        for row in style.written(table)
    ]
    empty = ("",) * len(rows[0])
    return style.encoded([*header, "", ""], [*rows, empty, empty])


def _write_parts(folder: Path, *, name: str) -> None:
    """Write each table in two files with other columns, delimiters, encodings."""
    folder.mkdir()
    for table, columns in COLUMNS.items():
        half = len(ROWS[table]) // 2
        parts = (
            ("2025-05", STYLES["reference"], slice(half), 1),
            # Its columns are turned round.
            ("2025-06", STYLES["french_excel"], slice(half, None), -1),
        )
        for part, style, lines, step in parts:
            rows = [row[::step] for row in style.written(table)[lines]]
            path = folder / name.format(table=table, part=part)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(style.encoded(list(columns[::step]), rows))


PARQUET_TYPES = {
    # A column with NULLs is one of doubles where pandas has written it.
    "enterprises": "bigint; varchar; varchar; varchar; varchar; boolean; timestamp",
    "social_accounts": "double; varchar; double; date",
    "turnover": "integer; smallint; decimal(14, 2)",
}


def _write_parquet(folder: Path) -> None:
    folder.mkdir()
    with duckdb.connect() as connection:
        for table, columns in COLUMNS.items():
            types = PARQUET_TYPES[table].split("; ")
            defined = ", ".join(map(" ".join, zip(columns, types, strict=True)))
            connection.execute(f"create table {table} ({defined})")
            places = ", ".join("?" for _ in columns)
            insert = f"insert into {table} values ({places})"
            connection.executemany(insert, ROWS[table])
            connection.execute(f"copy {table} to '{folder / table}.parquet'")


if __name__ == "__main__":
    write_all(FOLDER)
