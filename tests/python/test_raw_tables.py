"""A raw table is loaded whole, or refused in words that say what to correct."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from project_copies import RAW_COLUMNS
from segmentation.errors import SegmentationError
from segmentation.raw.tables import MAY_BE_EMPTY, load_raw_tables

HEADER = "enterprise_id,fiscal_year,turnover_eur\n"
ENTERPRISES_HEADER = ",".join(RAW_COLUMNS["enterprises"]) + "\n"
ROW = HEADER + "1,2020,5\n"


@dataclass(frozen=True)
class Agency:
    """A folder of raw files, and the build database that they are loaded into."""

    connection: duckdb.DuckDBPyConnection
    folder: Path

    def write(self, content: str | bytes = ROW, *names: str) -> None:
        """Write files with this content, turnover.csv if none is named."""
        for name in names or ["turnover.csv"]:
            path = self.folder / name
            path.parent.mkdir(exist_ok=True, parents=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def load(self, *tables: str, **changes: Any) -> list[str]:
        """Load raw tables, turnover if none is named; return what the log says."""
        arguments = {
            "publish_dir": self.folder / "published",
            "raw_source": "files",
            "raw_data_dir": str(self.folder),
            "columns": RAW_COLUMNS,
            "relations": {name: f"raw.{name}" for name in tables or ["turnover"]},
            "numeric_features": {},
            "left_out_without": {},
            "is_empty_run": False,
        }
        return load_raw_tables(self.connection, **arguments | changes)

    def refusal(self, *tables: str, **changes: Any) -> str:
        with pytest.raises(SegmentationError) as refusal:
            self.load(*tables, **changes)
        return refusal.value.msg

    def rows(self) -> list[tuple]:
        """Read the columns of turnover that are needed, in their order."""
        return self.connection.sql(f"select {HEADER} from raw.turnover").fetchall()

    def rows_of(self, content: str | bytes) -> list[tuple]:
        return self.rows_and_log_of(content)[0]

    def rows_and_log_of(self, content: str | bytes) -> tuple[list[tuple], str]:
        self.write(content)
        log = " ".join(self.load())
        return self.rows(), log

    @property
    def tables(self) -> list[tuple]:
        return self.connection.sql("select table_name from duckdb_tables()").fetchall()


@pytest.fixture
def agency(tmp_path):
    """Make an empty folder with a name that SQL would stumble over."""
    folder = tmp_path / "données de l'agence [1]"
    folder.mkdir()
    with duckdb.connect() as connection:
        yield Agency(connection, folder)


def test_a_folder_that_is_none_is_refused_with_the_files_it_should_hold(agency):
    message = agency.refusal(*RAW_COLUMNS, raw_data_dir="nowhere")
    assert "RAW_DATA_DIR is 'nowhere'" in message
    assert ", ".join(f"{table}.csv" for table in RAW_COLUMNS) in message
    assert agency.tables == []


SHORT_ROW = HEADER + "1,2020,5\n" * 30_000 + "2,2020\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", ["turnover.csv is empty", HEADER.strip()]),
        # The closest name of the header is told, of several missing ones the first.
        ("enterprise_id,fiscal_yaer,turnover_eur\n", [
            "no column 'fiscal_year'", "rename 'fiscal_yaer' to 'fiscal_year'"]),
        ("Enterprise Id,fiscal_year,turnover_eur\n", [
            "rename 'enterprise id' to 'enterprise_id'"]),
        ("enterprise_id,fiscal_year,notes\n", ["add 'turnover_eur' to it"]),
        # It may be a row, and no message quotes one.
        ("B1,Dupont,3\n", ["no column 'enterprise_id', nor any of the others"]),
        (HEADER + "B1,Dupont,3,49000\n", ["line 2: Expected Number of Columns: 3"]),
        (HEADER + 'B1,"Dupont" 49000,3\n', ["line 2: Value with unterminated quote"]),
        *(
            (f"{HEADER.strip()},{twice}\n1,2,3,4,5\n", [
                f"the column '{twice.split(',')[0].strip().lower()}' more than once"])
            for twice in ("fiscal_year", " Fiscal_Year ")
        ),
        *(
            ((HEADER + "1,2020,5\n").replace(",", delimiter), [
                f"is separated by {delimiter!r}", "commas, semicolons or tabs"])
            for delimiter in "|:^~"
        ),
        # A part of a table must never be taken for the whole.
        (SHORT_ROW, ["cannot be read: line 30002: Expected Number of Columns: 3"]),
        (HEADER + "2,2020,6,7\n", ["line 2: Expected"]),
        (HEADER + "1,2020\n2,2020,5\n3,2020,5\n", ["cannot be read"]),
        (HEADER + '1,2020,"x"y\n', ["line 2: Value with unterminated quote"]),
        # A quote that is not closed makes one value of the rows below it.
        *(
            (HEADER + row + end, ["has a quote in line 3 that is closed in line"])
            for row in ('1,2020,5\n2,"2020,6\n3,2020,7\n', '1,"a ""b""",5\n2,"b,6\n')
            for end in ('4,2021,8\n5,2020",9\n', '"4","a, b",8\n5,2020",9\n')
        ),
        (HEADER + '1,"a ""b""",5\n2,"2020,6\n', ["line 3: Value with unterminated"]),
        # What stands where the header belongs.
        ("Export du 31/12/2024\n\n" + ROW, ["header in line 3: delete the lines"]),
        (HEADER.replace("ise_id", '_id,"Rem"x'), ["quote", "line 1", "delete"]),
        (HEADER.replace("year", 'year,"Rem') + "1,2,3,4\n" * 999, ["quote", "line 1"]),
        ('"' + "x" * 140_000 + '",fiscal_year,y\n', ["(line 1) has a quote"]),
        # What a file is that is no CSV.
        (HEADER.encode("utf-16-le"), ["bytes that are no text"]),
        (HEADER.encode() + b"1,2020,\x00\n", ["bytes that are no text", "CSV UTF-8"]),
        (HEADER.encode() + b"\xe9,2020,\x00\n", ["bytes that are no text"]),
        (b"\xff\xfe\x00\xd8\x00\xd8", ["starts as UTF-16 and is not", "CSV UTF-8"]),
        (b"PK\x03\x04 rest", ["an Excel workbook or a ZIP archive", "CSV UTF-8"]),
        (b"PAR1 rest", ["a Parquet file", "CSV UTF-8"]),
    ],
)  # fmt: skip
def test_a_file_that_is_no_whole_csv_of_the_table_is_refused_with_the_remedy(
    agency, content, told
):
    agency.write(content)
    message = agency.refusal()
    for part in [str(agency.folder / "turnover.csv"), *told]:
        assert part in message
    assert "Dupont" not in message
    # The advice to rename a column that is named right misleads.
    assert "rename" not in message or " column '" in message
    assert len(message) < 1000
    assert agency.tables == []


def test_every_value_is_kept_as_the_text_that_it_is(agency):
    """Parsing is staging's work: a code must keep its zeros, a date its form."""
    content = '007,2020,1e3\ntrue,01/02/2020,\n"a\nb, ""c""", 2021 ,NULL\n#2,2022,6\n'
    assert agency.rows_of(HEADER + content) == [
        ("007", "2020", "1e3"),
        ("true", "01/02/2020", None),
        ('a\nb, "c"', " 2021 ", "NULL"),
        ("#2", "2022", "6"),
    ]
    types = agency.connection.table("raw.turnover").types
    assert {str(type_) for type_ in types} == {"VARCHAR"}


def test_a_broken_file_can_be_corrected_and_loaded_by_the_same_process(agency):
    agency.write(SHORT_ROW)
    agency.refusal()
    assert len(agency.rows_of(ROW)) == 1
    assert len(agency.rows_of(ROW + "2,2020,6\n")) == 2


@pytest.mark.parametrize("table", RAW_COLUMNS)
def test_only_what_an_agency_may_lack_and_no_feature_needs_may_have_no_row(
    agency, table
):
    """Publishing nobody would look like success; many agencies have no turnover."""
    if MAY_BE_EMPTY.get(table):
        absent = [f"Raw table {table}: no file, read as a table without rows"]
        assert agency.load(table) == absent
        needed = {"visibility": ["age", f"{MAY_BE_EMPTY[table]}total"]}
        message = agency.refusal(table, numeric_features=needed)
        assert f"The raw table {table} ({agency.folder}) has no rows" in message
        assert "change numeric_features of visibility" in message
    agency.write(",".join(RAW_COLUMNS[table]) + "\n", f"{table}.csv")

    agency.load(table, is_empty_run=True)
    if table in MAY_BE_EMPTY:
        agency.load(table)
    else:
        told = f"The raw table {table} ({agency.folder}) has a header but no row"
        assert told in agency.refusal(table)
    # An empty run checks the project, and the header belongs to that.
    agency.write("enterprise_id\n", f"{table}.csv")
    assert "has no column" in agency.refusal(table, is_empty_run=True)


@pytest.mark.parametrize(
    ("table", "content", "told"),
    [
        ("turnover", HEADER, None),
        ("turnover", HEADER.replace("year", "yaer"), "rename 'fiscal_yaer'"),
        ("enterprises", f"{ENTERPRISES_HEADER}\n\n", "has a header but no row"),
    ],
)
def test_seeds_are_checked_as_files_are_and_left_to_dbt_to_load(
    agency, monkeypatch, table, content, told
):
    """A seed without its rows or a column is refused by its file."""
    monkeypatch.chdir(agency.folder)
    for name, columns in RAW_COLUMNS.items():
        filled = [",".join(columns), ",".join("1" for _ in columns)]
        agency.write("\n".join(filled), f"seeds/raw/raw_{name}.csv")
    source = {"raw_source": "seeds", "raw_data_dir": "", "relations": {}}
    assert agency.load(**source) == agency.tables == []
    agency.write(content, f"seeds/raw/raw_{table}.csv")
    if told:
        message = agency.refusal(**source)
        assert told in message
        assert f"seeds/raw/raw_{table}.csv" in message
    if told is None or table == "enterprises":
        assert agency.load(**source | {"is_empty_run": bool(told)}) == []


# --- delimiters, quotes, line ends -----------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_usual_way_to_write_a_csv_gives_the_same_rows(
    agency, delimiter, line_end, mark
):
    lines = [
        HEADER.strip().replace(",", delimiter),
        delimiter.join(["é", "2020", '"a ""b"""']),
        delimiter.join([f'"x{delimiter}{line_end}y"', "2021", ""]),
    ]
    assert agency.rows_of(mark + line_end.join([*lines, "", "", ""])) == [
        ("é", "2020", 'a "b"'),
        (
            f"x{delimiter}{line_end}y".replace("\r", "\n" * (line_end == "\r") or "\r"),
            "2021",
            None,
        ),
    ]


def test_lines_that_end_in_different_ways_are_all_read(agency):
    """Two exports written one behind the other; and Excel's breaks inside a cell."""
    content = HEADER.replace("\n", "\r\n") + '"a\nb",2020,1\r\nc,2021,2\nd,2022,3\r\n'
    assert [key for key, *_ in agency.rows_of(content)] == ["a\nb", "c", "d"]


def test_columns_without_a_name_behind_the_last_one_are_left_out(agency):
    """Spreadsheets write the whole rectangle that was ever used, and rows too."""
    content = "enterprise_id;fiscal_year;turnover_eur;;\n1;2020;5;;\n;;;;\n ;;;;\n\n"
    rows, log = agency.rows_and_log_of(content)
    assert rows == [("1", "2020", "5")]
    assert "2 rows without a value in its columns left out" in log


@pytest.mark.parametrize("before", ["sep=;\r\n", "\r\n\r\n"])
def test_what_stands_before_the_header_is_passed_over(agency, before):
    content = before + ROW.replace(",", ";").replace("\n", "\r\n")
    assert agency.rows_of(content) == [("1", "2020", "5")]


def test_the_log_names_the_file_its_rows_and_the_columns_that_are_not_used(agency):
    agency.write("", "notes.txt")
    content = HEADER.strip() + ",Note\n1,2020,5,x\n2,2021,6,y\n"
    _, log = agency.rows_and_log_of(content)
    path = agency.folder / "turnover.csv"
    assert f"{path}, 2 rows; read as UTF-8; columns not used: note" in log
    assert f"Not read in {agency.folder}: notes.txt" in log


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (f'{HEADER.strip()},"Remarque\n(interne)"\n', "1,2020,5,x\n"),
        (f'"Remarque\r\n(interne)",{HEADER}', "x,1,2020,5\n"),
        (f'{HEADER.strip()},Rem",Note\n', '1,2020,5,5" pipe,y\n'),
        # Only the columns that are read must have one name each.
        (f"note,{HEADER.strip()},Note\n", "x,1,2020,5,y\n"),
        (f"{'x' * 140_000},{HEADER}", "x,1,2020,5\n"),
        (f"{','.join(f'x{n}' for n in range(20_000))},{HEADER}",
         "," * 20_000 + "1,2020,5\n"),
        (f"{HEADER.strip()},note\n", f"1,2020,5,{'x' * 3_000_000}\n"),
        # A value with line breaks is no row that was swallowed.
        (f"note,{HEADER}", '"a, b\nc, d, e, f\n",1,2020,5\n'),
    ],
)  # fmt: skip
def test_unusual_headers_and_values_are_read(agency, header, row):
    rows, log = agency.rows_and_log_of(header + row * 2)
    assert rows == [("1", "2020", "5")] * 2
    assert "columns not used: " in log


@pytest.mark.parametrize("name", ["data[12]", "data*", "d?ta1", "fiscal_year=1999"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_path_is_no_pattern_and_names_no_value(agency, name, suffix):
    """Browsers number downloads in brackets; pandas writes folders a=b."""
    for folder, key in (("data1", 1), ("data2", 2), (name, 7)):
        place = agency.folder / folder / "turnover"
        place.mkdir(parents=True)
        rows = agency.connection.sql(
            f"select {key} as enterprise_id, 2020 as fiscal_year, 5 as turnover_eur"
        )
        for file in ("data1", name):
            write = rows.write_csv if suffix == "csv" else rows.write_parquet
            write(str(place / f"{file}.{suffix}"))
    agency.load(raw_data_dir=str(agency.folder / name))
    assert agency.rows() == [("7", "2020", "5")] * 2


# --- encodings --------------------------------------------------------------------

FRENCH = HEADER + "Crêperie « L\u2019Été » à Noël,2020,12 345 €\nZoé,2021,5\n"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (FRENCH.encode("cp1252"), "Windows-1252"),
        (FRENCH.encode("utf-8-sig"), "UTF-8"),
        (b"\xff\xfe" + FRENCH.encode("utf-16-le"), "UTF-16"),
        (b"\xfe\xff" + FRENCH.encode("utf-16-be"), "UTF-16"),
    ],
)
def test_an_encoding_is_found_and_told(agency, content, told):
    rows, log = agency.rows_and_log_of(content)
    assert rows == [
        ("Crêperie « L\u2019Été » à Noël", "2020", "12 345 €"),
        ("Zoé", "2021", "5"),
    ]
    assert f"read as {told}" in log


@pytest.mark.parametrize(
    "name", ["CAFÉ\u00a0!", "« Le Café\u00a0»", "MARCHÉ»", "É\u2019s", "ESPAÑ\u00a0"]
)
def test_french_in_windows_1252_that_looks_like_utf_8_is_still_read(agency, name):
    """É and a no-break space are together a letter of UTF-8, by chance."""
    content = (HEADER + f"{name},2020,5\nà côté de l'été,2021,6\n").encode("cp1252")
    assert agency.rows_of(content)[0][0] == name


@pytest.mark.parametrize(
    "content",
    [
        (HEADER + "Zoé,2020,5\n").encode() + "Noël,2021,6\n".encode("cp1252"),
        (HEADER + "«\u00a0,2020,5\n").encode() + "Noëlé àâê,2021,6\n".encode("cp1252"),
        (HEADER + "Ελένη,2020,5\n").encode() + b"\xe9,2021,6\n",
        ("\ufeff" + HEADER + "a,2020,5\n").encode() + b"\xe9\xe0\xe8,2021,6\n",
    ],
    ids=["é", "quote", "greek", "marked"],
)
def test_a_file_in_two_encodings_is_refused_with_the_line(agency, content):
    """Taken for Windows-1252 every Zoé would be published as ZoÃ©."""
    agency.write(content)
    message = agency.refusal()
    assert "partly in UTF-8 and partly not (line 3)" in message
    assert "Save it as CSV UTF-8" in message


NAMES = ["Café de la Gare", "Crêperie", "L\u2019Hôtel", "Noël", "CAFÉ", "Le cœur"]


@pytest.mark.parametrize(
    "names", [NAMES, NAMES[:1], NAMES[4:], ["FRANÇAIS", "Noël", "CAFé"]]
)
@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("cp850", "code page 850 (DOS)"), ("cp437", "code page 850 (DOS)"),
        ("mac_roman", "Mac Roman"), ("iso8859_15", "ISO 8859-15"),
        ("cp1252", "Windows-1252"),
    ],
)  # fmt: skip
def test_an_old_encoding_is_known_by_what_cannot_stand_between_letters(
    agency, names, encoding, told
):
    """As Windows-1252 these are Caf\u201a, CafŽ and c½ur."""
    written = "".join(f"{name},2020,5\n" for name in names).encode(encoding, "ignore")
    rows, log = agency.rows_and_log_of(HEADER.encode() + written)
    assert [row[0] for row in rows] == [
        name.encode(encoding, "ignore").decode(encoding) for name in names
    ]
    # What is in both the same is said to be the more frequent.
    assert f"read as {told}" in log or (told[:3] == "ISO" and NAMES[-1] not in names)


@pytest.mark.parametrize("content", [b"\x81", b"Ma\x81\x9f"])
def test_an_encoding_that_cannot_be_told_is_refused_with_the_line(agency, content):
    agency.write(HEADER.encode() + b"a,2020,5\n" + content + b",2021,6\n")
    assert "can be told (line 3): save it as CSV UTF-8" in agency.refusal()


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850"])
@pytest.mark.parametrize("times", [1, 2])
def test_utf_8_that_was_once_read_as_something_else_is_mended_and_told(
    agency, encoding, times
):
    names = ["Crêperie à Noël", "L'Été « ici »", "cœur", "JOÃO", "Ελένη", "Straße"]
    misread = list(names)
    for _ in range(times):
        misread = [
            "".join(
                bytes([byte]).decode(encoding, "ignore") or chr(byte)
                for byte in name.encode()
            )
            for name in misread
        ]
    misread[3:] = names[3:]

    rows, log = agency.rows_and_log_of(
        HEADER + "".join(f"{name},2020,5\n" for name in misread)
    )

    assert [row[0] for row in rows] == names
    assert "enterprise_id: mended 3 values of UTF-8" in log
    assert "spoilt" not in log


@pytest.mark.parametrize(
    "name", ["Caf\ufffd", "H?tel", "Ã la carte", "H“tel", "Cr\u02c6pe", "L\x92a"]
)
def test_letters_that_were_lost_before_are_told(agency, name):
    rows, log = agency.rows_and_log_of(f"{HEADER}{name},2020,5\nÀ l\u2019Île,2020,5\n")
    assert rows[0][0] == name
    assert "enterprise_id: 1 value with letters that an earlier" in log


def test_a_copy_in_utf_8_is_beside_the_build_database_and_then_gone(agency, tmp_path):
    (tmp_path / "build").mkdir()
    with duckdb.connect(str(tmp_path / "build" / "segmentation.duckdb")) as connection:
        ours = Agency(connection, agency.folder)
        assert len(ours.rows_of(FRENCH.encode("cp1252"))) == 2
    assert os.listdir(tmp_path / "build") == ["segmentation.duckdb"]
    assert os.listdir(agency.folder) == ["turnover.csv"]


# --- several files ----------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ["turnover.CSV"],
        ["Turnover.csv"],
        ["turnover_2023.csv", "turnover_2024.csv"],
        ["turnover_2025-05.csv", "turnover_2025-06.csv"],
        ["turnover-1.csv", "turnover_part2.csv", "turnover_part-03.CSV"],
        ["turnover/a.csv", "turnover/whatever.csv"],
        ["TURNOVER/a.csv"],
        ["turnover.csv/part-00000.csv", "turnover.csv/part-00001.csv"],
    ],
)
def test_the_files_of_a_table_are_found_by_one_rule(agency, names):
    agency.write(ROW, *names)
    # What systems and spreadsheets leave behind while a file is open.
    agency.write(ROW, ".~lock.turnover.csv#", "~$turnover.csv", ".turnover.csv")
    if "/" in names[0]:
        folder = names[0].split("/")[0]
        agency.write(ROW, f"{folder}/.DS_Store", f"{folder}/_SUCCESS")
    agency.load()
    assert agency.rows() == [("1", "2020", "5")] * len(names)


@pytest.mark.parametrize(
    ("names", "named"),
    [
        (["turnover.csv", "turnover_old.csv"], "turnover_old.csv may or may not"),
        (["turnover.csv", "turnover (1).csv"], "turnover (1).csv may or may not"),
        (["Turnover 2024.csv"], "Turnover 2024.csv may or may not belong"),
        (["turnover.csv", "turnover.parquet"], "turnover.csv, turnover.parquet"),
        (["turnover.csv", "TURNOVER.csv"], "TURNOVER.csv, turnover.csv"),
        (["turnover.csv", "turnover_2024.csv"], "turnover.csv, turnover_2024.csv"),
        (["turnover.csv", "turnover/a.csv"], "turnover.csv, turnover)"),
        (["turnover_1.csv", "turnover_1.parquet"], "turnover_1.parquet have one name"),
        (["turnover/a.csv", "turnover/b.xlsx"], "b.xlsx is no CSV or Parquet file"),
        (["turnover/.DS_Store"], "turnover holds no CSV or Parquet file"),
        (["turnover.xlsx"], "The folder holds turnover.xlsx"),
        (["turnovers.csv"], "turnovers.csv may or may not belong"),
        (["turn-over.csv"], "turnover.csv (nor .parquet): export it under this name"),
    ],
)
def test_files_of_which_one_may_be_meant_are_refused_by_name(agency, names, named):
    """Reading one of two, or both, would be a guess that nobody sees."""
    agency.write(ROW, *names)
    assert named in agency.refusal()
    assert agency.tables == []


def test_a_name_that_is_not_in_utf_8_is_refused(agency):
    agency.write()
    (agency.folder / os.fsdecode(b"caf\xe9.csv")).touch()
    assert "The name 'caf?.csv' in" in agency.refusal()


def test_parts_may_differ_in_columns_delimiter_and_encoding(agency):
    agency.write(HEADER + "Zoé,2020,5\n", "turnover_1.csv")
    second = "Turnover_EUR;Note; ENTERPRISE_ID;fiscal_year\r\n6;x;Noël;2021\r\n"
    agency.write(second.encode("cp1252"), "turnover_2.csv")
    agency.connection.sql(
        "select 2022 as fiscal_year, 7.5 as turnover_eur, 'Anaïs' as enterprise_id"
    ).write_parquet(str(agency.folder / "turnover_3.parquet"))

    log = agency.load()

    assert agency.rows() == [
        ("Zoé", "2020", "5"),
        ("Noël", "2021", "6"),
        ("Anaïs", "2022", "7.5"),
    ]
    assert [line.split("/")[-1] for line in log] == [
        "turnover_1.csv, 1 row; read as UTF-8",
        "turnover_2.csv, 1 row; read as Windows-1252; columns not used: note",
        "turnover_3.parquet, 1 row; read as Parquet",
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("enterprise_id,platform\n", "has no column 'followers'"),
        ("{header}\n1,2\n", "Expected Number of Columns"),
    ],
)
def test_what_is_wrong_in_one_part_leaves_all_tables_as_they_were(
    agency, content, complaint
):
    agency.write()
    header = ",".join(RAW_COLUMNS["social_accounts"])
    agency.write(content.format(header=header), "social_accounts.csv")
    agency.connection.execute("create schema raw")
    agency.connection.execute("create table raw.turnover as select 1 as x")
    assert complaint in agency.refusal("turnover", "social_accounts")
    assert agency.connection.table("raw.turnover").fetchall() == [(1,)]


# --- Parquet ----------------------------------------------------------------------


UUID = "f116c762-345e-4789-84e9-7cadbd9f6c42"


def load_parquet(agency, amount, *, key="enterprise_id", year="fiscal_year"):
    """Write a row with an amount, given as SQL with its name; return its text."""
    row = f'select 1 as "{key}", 2020 as "{year}", {amount}'
    path = str(agency.folder / "turnover.parquet")
    agency.connection.sql(row).write_parquet(path)
    agency.load()
    return agency.rows()[0][2]


@pytest.mark.parametrize(
    ("value", "as_text"),
    [
        ("17::bigint", "17"), ("17::double", "17"), ("'-0'::double", "0"),
        ("9007199254740993::double", "9007199254740992"),
        ("1234.5::double", "1234.5"), ("0.1::float", "0.1"), ("'nan'::double", "nan"),
        ("1250000.00::decimal(14, 2)", "1250000"),
        ("-12.50::decimal(14, 2)", "-12.5"),
        ("100::decimal(5, 0)", "100"),
        # "234.567" as text is two hundred and thirty-four thousand.
        ("234.567::double", "234.5670"),
        ("234.500::decimal(12, 3)", "234.5"),
        ("0.001::decimal(12, 3)", "0.0010"),
        ("true", "true"),
        ("date '2024-12-31'", "2024-12-31"),
        ("timestamp '2024-12-31 13:00:00'", "2024-12-31 13:00:00"),
        ("timestamptz '2024-12-31 23:30:00-02'", "2025-01-01 01:30:00"),
        ("'Zoé'", "Zoé"), ("encode('Zoé')", "Zoé"), ("null", None),
        ("null::double", None), ("'a'::enum('a', 'b')", "a"), (f"'{UUID}'::uuid", UUID),
    ],
)  # fmt: skip
def test_a_typed_value_becomes_the_text_of_an_export(agency, value, as_text):
    agency.connection.execute("set timezone = 'Asia/Tokyo'")
    assert load_parquet(agency, f"{value} as turnover_eur") == as_text


@pytest.mark.parametrize(
    ("amount", "changes", "complaint"),
    [
        ("[1, 2] as turnover_eur", {}, "no single value"),
        ("{'a': 1} as turnover_eur", {}, "no single value"),
        ("map {'a': 1} as turnover_eur", {}, "no single value"),
        ("5 as turnover_eur", {"year": "fiscal_yaer"}, "rename 'fiscal_yaer'"),
        ("""5 as turnover_eur, {'fiscal_year': 1} as "Fiscal_Year " """, {},
         "'fiscal_year' more than once"),
    ],
)  # fmt: skip
def test_a_column_of_parquet_that_cannot_serve_is_refused_by_name(
    agency, amount, changes, complaint
):
    with pytest.raises(SegmentationError, match=complaint) as refusal:
        load_parquet(agency, amount, **changes)
    assert "turnover.parquet" in str(refusal.value)


def test_further_columns_of_any_type_and_the_case_of_names_do_not_matter(agency):
    amount = r"5 as TURNOVER_EUR, {'a': [1]} as s, '\xFF'::blob as b, [1] as l"
    assert load_parquet(agency, amount, key="Enterprise_ID", year="fiscal_year ") == "5"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"enterprise_id,fiscal_year\n", "is no Parquet file"),
        (b"", "is no Parquet file"),
        (b"PAR1 and then nothing", "cannot be read as Parquet"),
    ],
)
def test_a_file_that_is_no_parquet_is_refused(agency, content, complaint):
    agency.write(content, "turnover.parquet")
    assert f"turnover.parquet {complaint}" in agency.refusal()
