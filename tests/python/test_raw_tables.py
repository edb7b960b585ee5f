"""A raw table is loaded whole, or refused in words that say what to correct."""

import duckdb
import pytest
from segmentation.errors import SegmentationError
from segmentation.raw.tables import RAW_COLUMNS, load_raw_tables

HEADER = "enterprise_id,fiscal_year,turnover_eur\n"
ENTERPRISES_HEADER = ",".join(RAW_COLUMNS["enterprises"]) + "\n"


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def folder(tmp_path):
    """Make a folder of raw files with a name that SQL would stumble over."""
    folder = tmp_path / "données de l'agence [1]"
    folder.mkdir()
    return folder


def load_folder(connection, folder, *, table_name="turnover", **changes):
    """Load one raw table from a folder, unless changed; return what the log says."""
    arguments = {
        "publish_dir": folder / "published",
        "raw_source": "files",
        "raw_data_dir": str(folder),
        "relations": {table_name: f'"memory"."raw"."{table_name}"'},
        "is_empty_run": False,
    }
    return load_raw_tables(connection, **{**arguments, **changes})


def rows(connection, table_name="turnover"):
    """Read the columns that are needed, in their order."""
    columns = ", ".join(RAW_COLUMNS[table_name])
    return connection.sql(f"select {columns} from raw.{table_name}").fetchall()


def load(connection, folder, content, *, table_name="turnover", name=None):
    """Write a file, load it and return its rows."""
    data = content if isinstance(content, bytes) else content.encode()
    (folder / (name or f"{table_name}.csv")).write_bytes(data)
    load_folder(connection, folder, table_name=table_name)
    return rows(connection, table_name)


def refusal_of(connection, folder, content, *, table_name="turnover", name=None):
    with pytest.raises(SegmentationError) as refusal:
        load(connection, folder, content, table_name=table_name, name=name)
    return str(refusal.value)


def log_of(connection, folder, content):
    load(connection, folder, content)
    return " ".join(load_folder(connection, folder))


def tables(connection):
    return connection.sql("select table_name from duckdb_tables()").fetchall()


def test_a_folder_that_is_none_is_refused_with_the_files_it_should_hold(
    connection, folder
):
    with pytest.raises(SegmentationError) as refusal:
        load_folder(
            connection,
            folder / "nowhere",
            relations={name: f"raw.{name}" for name in RAW_COLUMNS},
        )

    assert "RAW_DATA_DIR" in str(refusal.value)
    assert "nowhere" in str(refusal.value)
    assert "enterprises.csv, social_accounts.csv, turnover.csv" in str(refusal.value)
    assert tables(connection) == []


def test_a_missing_file_is_refused_with_what_the_folder_holds(connection, folder):
    (folder / "CA 2024.csv").write_text(HEADER)

    with pytest.raises(SegmentationError) as refusal:
        load_folder(connection, folder)

    assert f"no file {folder / 'turnover.csv'}" in str(refusal.value)
    assert "The folder holds CA 2024.csv" in str(refusal.value)
    assert tables(connection) == []


def test_an_empty_file_is_refused_with_the_header_that_it_needs(connection, folder):
    message = refusal_of(connection, folder, "")

    assert f"{folder / 'turnover.csv'} is empty" in message
    assert HEADER.strip() in message
    assert tables(connection) == []


@pytest.mark.parametrize(
    ("header", "complaint", "remedy"),
    [
        (
            "enterprise_id,fiscal_yaer,turnover_eur",
            "no column 'fiscal_year'",
            "rename 'fiscal_yaer' to 'fiscal_year'",
        ),
        (
            "Enterprise Id,fiscal_year,turnover_eur",
            "no column 'enterprise_id'",
            "rename 'enterprise id' to 'enterprise_id'",
        ),
        (
            "enterprise_id,fiscal_year,notes",
            "no column 'turnover_eur'",
            "add 'turnover_eur' to it",
        ),
        # Of several the first: the next run names the next one.
        (
            "x,y,z",
            "no column 'enterprise_id'",
            'Its header is "x", "y", "z"',
        ),
    ],
)
def test_a_missing_column_is_named_with_the_closest_one_of_the_header(
    connection, folder, header, complaint, remedy
):
    message = refusal_of(connection, folder, f"{header}\n1,2020,5\n")

    assert str(folder / "turnover.csv") in message
    assert complaint in message
    assert remedy in message


def test_columns_may_come_in_any_order_and_case_and_with_others_between_them(
    connection, folder
):
    loaded = load(
        connection,
        folder,
        "Turnover_EUR;Notes;ENTERPRISE_ID;fiscal_year\n1 200,50;yes;a;2023\n",
    )

    assert loaded == [("a", "2023", "1 200,50")]
    assert connection.sql("select notes from raw.turnover").fetchall() == [("yes",)]


def test_every_value_is_kept_as_the_text_that_it_is(connection, folder):
    """Parsing is staging's work: a code must keep its zeros, a date its form."""
    loaded = load(
        connection,
        folder,
        HEADER + '007,2020,1e3\ntrue,01/02/2020,\n"a\nb, ""c""", 2021 ,NULL\n',
    )

    assert loaded == [
        ("007", "2020", "1e3"),
        ("true", "01/02/2020", None),
        ('a\nb, "c"', " 2021 ", "NULL"),
    ]
    assert {str(type_) for type_ in connection.table("raw.turnover").types} == {
        "VARCHAR"
    }


def test_a_byte_order_mark_is_no_part_of_the_header(connection, folder):
    """Excel writes one into every CSV in UTF-8."""
    assert load(connection, folder, "\ufeff" + HEADER + "é,2020,5\n") == [
        ("é", "2020", "5")
    ]


def test_a_key_that_starts_with_a_hash_is_a_key_like_any_other(connection, folder):
    """Every raw row is used or listed as rejected: none may be lost in reading."""
    loaded = load(connection, folder, HEADER + "1,2020,5\n#2,2020,6\n3,2020,7\n")

    assert len(loaded) == 3


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "1,2020,5\n" * 30_000 + "2,2020\n",
        HEADER + "1,2020,5\n" * 30_000 + "2,2020,6,7\n",
        HEADER + "1,2020\n2,2020,5\n3,2020,5\n",
        HEADER + '1,2020,5\n2,"2020,6\n3,2020,7\n',
        (HEADER + "1,2020,5\n").encode("utf-16-le"),
        b"\x00\x01\x02\x03" * 100,
    ],
    ids=[
        "late short row",
        "late long row",
        "early short row",
        "open quote",
        "utf16 without mark",
        "0",
    ],
)
def test_a_file_that_is_no_whole_csv_is_refused_by_its_name(
    connection, folder, content
):
    """A part of a table must never be taken for the whole."""
    assert str(folder / "turnover.csv") in refusal_of(connection, folder, content)


def test_a_line_that_cannot_be_read_is_named_and_leaves_no_table_behind(
    connection, folder
):
    message = refusal_of(
        connection, folder, HEADER + "1,2020,5\n" * 30_000 + "2,2020\n"
    )

    assert "Line: 30002" in message
    assert "Original Line: 2,2020" in message
    assert "cannot be read" in message
    assert tables(connection) == []


def test_a_short_row_is_complained_of_as_a_row_and_not_as_a_header(connection, folder):
    """The advice to rename a column that is named right misleads."""
    message = refusal_of(connection, folder, HEADER + "1,2020\n2,2020,5\n3,2020,5\n")

    assert "rename" not in message


def test_a_broken_file_can_be_corrected_and_loaded_by_the_same_process(
    connection, folder
):
    broken = HEADER + "1,2020,5\n" * 30_000 + "2,2020\n"
    refusal_of(connection, folder, broken)

    assert len(load(connection, folder, HEADER + "1,2020,5\n")) == 1
    assert len(load(connection, folder, HEADER + "1,2020,5\n2,2020,6\n")) == 2


@pytest.mark.parametrize("table_name", ["enterprises", "social_accounts"])
def test_a_header_without_a_row_is_refused(connection, folder, table_name):
    """Publishing nobody would look like success."""
    header = ",".join(RAW_COLUMNS[table_name]) + "\n"

    message = refusal_of(connection, folder, header, table_name=table_name)

    assert f"The raw table {table_name} ({folder}) has a header but no row" in message


def test_turnover_may_be_empty(connection, folder):
    """It is no feature of the fit by default, and many agencies have none."""
    assert load(connection, folder, HEADER) == []


def test_an_empty_run_needs_no_row_but_every_column(connection, folder):
    """The run checks the project, and the header belongs to that."""
    (folder / "enterprises.csv").write_text(ENTERPRISES_HEADER)
    load_folder(connection, folder, table_name="enterprises", is_empty_run=True)

    (folder / "enterprises.csv").write_text("enterprise_id\n")
    with pytest.raises(SegmentationError, match="no column 'enterprise_name'"):
        load_folder(connection, folder, table_name="enterprises", is_empty_run=True)


@pytest.fixture
def seeds(tmp_path, monkeypatch):
    """Make a project folder with seeds that are right; tests spoil one."""
    folder = tmp_path / "project" / "seeds" / "raw"
    folder.mkdir(parents=True)
    for table_name, columns in RAW_COLUMNS.items():
        lines = [",".join(columns), ",".join("1" for _ in columns)]
        (folder / f"raw_{table_name}.csv").write_text("\n".join(lines) + "\n")
    monkeypatch.chdir(tmp_path / "project")
    return folder


def load_seeds(connection, folder, **changes):
    return load_folder(
        connection,
        folder,
        **{"raw_source": "seeds", "raw_data_dir": "", "relations": {}, **changes},
    )


def test_seeds_are_left_to_dbt_to_load(connection, seeds):
    assert load_seeds(connection, seeds) == []
    assert tables(connection) == []


def test_a_seed_without_a_row_is_refused_by_its_file(connection, seeds):
    path = seeds / "raw_enterprises.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n\n")

    with pytest.raises(SegmentationError, match="has a header but no row") as refusal:
        load_seeds(connection, seeds)
    assert "seeds/raw/raw_enterprises.csv" in str(refusal.value)
    assert load_seeds(connection, seeds, is_empty_run=True) == []


def test_a_seed_without_a_column_is_refused_by_its_file(connection, seeds):
    path = seeds / "raw_turnover.csv"
    path.write_text(path.read_text().replace("fiscal_year", "fiscal_yaer"))

    with pytest.raises(SegmentationError, match="rename 'fiscal_yaer'") as refusal:
        load_seeds(connection, seeds)
    assert "seeds/raw/raw_turnover.csv" in str(refusal.value)


def test_turnover_seeds_may_be_without_a_row(connection, seeds):
    (seeds / "raw_turnover.csv").write_text(HEADER)

    assert load_seeds(connection, seeds) == []


# --- delimiters, quotes, line ends -----------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_usual_way_to_write_a_csv_gives_the_same_rows(
    connection, folder, delimiter, line_end, mark
):
    lines = [
        HEADER.strip().replace(",", delimiter),
        delimiter.join(["é", "2020", '"a ""b"""']),
        delimiter.join([f'"x{delimiter}{line_end}y"', "2021", ""]),
    ]

    loaded = load(connection, folder, mark + line_end.join([*lines, "", "", ""]))

    assert loaded == [
        ("é", "2020", 'a "b"'),
        (f"x{delimiter}{line_end}y", "2021", None),
    ]


def test_lines_that_end_in_different_ways_are_all_read(connection, folder):
    """Two exports written one behind the other; and Excel's breaks inside a cell."""
    content = HEADER.replace("\n", "\r\n") + '"a\nb",2020,1\r\nc,2021,2\nd,2022,3\r\n'

    assert load(connection, folder, content) == [
        ("a\nb", "2020", "1"),
        ("c", "2021", "2"),
        ("d", "2022", "3"),
    ]


def test_columns_without_a_name_behind_the_last_one_are_left_out(connection, folder):
    """Spreadsheets write the whole rectangle that was ever used, and rows too."""
    content = "enterprise_id;fiscal_year;turnover_eur;;\n1;2020;5;;\n;;;;\n ;;;;\n\n"

    assert load(connection, folder, content) == [("1", "2020", "5")]
    assert "2 rows without any value left out" in log_of(connection, folder, content)


@pytest.mark.parametrize("before", ["sep=;\r\n", "\r\n\r\n"])
def test_what_stands_before_the_header_is_passed_over(connection, folder, before):
    content = before + HEADER.replace(",", ";").replace("\n", "\r\n") + "1;2020;5\r\n"

    assert load(connection, folder, content) == [("1", "2020", "5")]


@pytest.mark.parametrize("delimiter", ["|", ":", "^", "~"])
def test_another_delimiter_is_refused_by_its_name(connection, folder, delimiter):
    content = (HEADER + "1,2020,5\n").replace(",", delimiter)

    message = refusal_of(connection, folder, content)

    assert f"turnover.csv is separated by {delimiter!r}" in message
    assert "save it as CSV with commas, semicolons or tabs" in message


@pytest.mark.parametrize("twice", ["fiscal_year", " Fiscal_Year ", "notes,Notes"])
def test_a_column_that_is_there_twice_is_refused(connection, folder, twice):
    message = refusal_of(connection, folder, f"{HEADER.strip()},{twice}\n1,2,3,4,5\n")

    assert (
        f"has the column '{twice.split(',')[0].strip().lower()}' more than" in message
    )


def test_the_log_names_the_file_its_rows_and_the_columns_that_are_not_used(
    connection, folder
):
    (folder / "notes.txt").write_text("")
    log = log_of(connection, folder, HEADER.strip() + ",Note\n1,2020,5,x\n2,2021,6,y\n")

    assert f"{folder / 'turnover.csv'}, 2 rows; columns not used: note" in log
    assert f"Not read in {folder}: notes.txt" in log
    assert "read as" not in log


# --- encodings --------------------------------------------------------------------

FRENCH = HEADER + "Crêperie « L\u2019Été » à Noël,2020,12 345 €\nZoé,2021,5\n"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("cp1252", "Windows-1252"), ("utf-16", "UTF-16"), ("utf-8-sig", None)],
)
def test_an_encoding_is_found_and_told(connection, folder, encoding, told):
    content = FRENCH.encode(encoding)

    assert load(connection, folder, content) == [
        ("Crêperie « L\u2019Été » à Noël", "2020", "12 345 €"),
        ("Zoé", "2021", "5"),
    ]
    log = log_of(connection, folder, content)
    assert (f"read as {told}" in log) if told else ("read as" not in log)


def test_utf_16_of_either_byte_order_is_read(connection, folder):
    for mark, encoding in [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")]:
        content = mark + FRENCH.encode(encoding)
        assert len(load(connection, folder, content)) == 2


def test_latin_1_is_read_as_the_part_of_windows_1252_that_it_is(connection, folder):
    content = (HEADER + "Café à Noël,2020,5\n").encode("latin-1")

    assert load(connection, folder, content) == [("Café à Noël", "2020", "5")]


@pytest.mark.parametrize(
    "name", ["CAFÉ\u00a0!", "« Le Café\u00a0»", "MARCHÉ»", "É\u2019s", "ESPAÑ\u00a0"]
)
def test_french_in_windows_1252_that_looks_like_utf_8_is_still_read(
    connection, folder, name
):
    """É and a no-break space are together a letter of UTF-8, by chance."""
    content = (HEADER + f"{name},2020,5\nà côté de l'été,2021,6\n").encode("cp1252")

    assert load(connection, folder, content)[0][0] == name


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
def test_a_file_in_two_encodings_is_refused_with_the_line(connection, folder, content):
    """Taken for Windows-1252 every Zoé would be published as ZoÃ©."""
    message = refusal_of(connection, folder, content)

    assert "partly in UTF-8 and partly not (line 3)" in message
    assert "Save it as CSV UTF-8" in message


def test_bytes_that_windows_1252_does_not_know_are_latin_1_and_told(connection, folder):
    content = HEADER.encode() + b"a,2020,5\n\x8f,2021,6\n"

    assert load(connection, folder, content)[1][0] == "\x8f"
    log = log_of(connection, folder, content)
    assert "read as Latin-1, which gives control characters from line 3 on" in log


def test_a_copy_in_utf_8_is_beside_the_build_database_and_then_gone(folder, tmp_path):
    (folder / "turnover.csv").write_bytes(FRENCH.encode("cp1252"))
    (tmp_path / "build").mkdir()
    with duckdb.connect(str(tmp_path / "build" / "segmentation.duckdb")) as connection:
        load_folder(connection, folder, relations={"turnover": "raw.turnover"})
        assert len(rows(connection)) == 2

    assert [path.name for path in (tmp_path / "build").iterdir()] == [
        "segmentation.duckdb"
    ]
    assert [path.name for path in folder.iterdir()] == ["turnover.csv"]


@pytest.mark.parametrize("chunk", range(1, 8))
def test_a_letter_or_line_end_that_a_chunk_cuts_in_two_is_read(
    connection, folder, monkeypatch, chunk
):
    monkeypatch.setattr("segmentation.raw.text_encoding.CHUNK", chunk)
    french = FRENCH.replace("\n", "\r\n")

    for encoding in ("utf-8", "cp1252", "utf-16"):
        loaded = load(connection, folder, french.encode(encoding))
        assert [row[0] for row in loaded] == [
            "Crêperie « L\u2019Été » à Noël",
            "Zoé",
        ]
    message = refusal_of(connection, folder, french.encode() + b"\xe9,2021,6\r\n")
    assert "partly not (line 4)" in message


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04 rest", "an Excel workbook or a ZIP archive"),
        (b"\xd0\xcf\x11\xe0 rest", "an old Excel workbook"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x1f\x8b rest", "compressed (gzip)"),
        (b"PAR1 rest", "a Parquet file"),
        (HEADER.encode() + b"1,2020,\x00\n", "bytes that are no text"),
        (HEADER.encode() + b"\xe9,2020,\x00\n", "bytes that are no text"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "starts as UTF-16 and is not"),
    ],
)
def test_a_binary_file_is_refused_by_what_it_is(connection, folder, content, kind):
    message = refusal_of(connection, folder, content)

    assert str(folder / "turnover.csv") in message
    assert kind in message
    assert "CSV UTF-8" in message


# --- several files ----------------------------------------------------------------


def write(folder, *names, content=HEADER + "1,2020,5\n"):
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)


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
    ],
)
def test_the_files_of_a_table_are_found_by_one_rule(connection, folder, names):
    write(folder, *names)
    # What systems and spreadsheets leave behind while a file is open.
    write(folder, ".~lock.turnover.csv#", "~$turnover.csv", ".turnover.csv")
    if "/" in names[0]:
        write(folder, names[0].split("/")[0] + "/.DS_Store")
        write(folder, names[0].split("/")[0] + "/_SUCCESS")

    load_folder(connection, folder)

    assert rows(connection) == [("1", "2020", "5")] * len(names)


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
    ],
)
def test_files_of_which_one_may_be_meant_are_refused_by_name(
    connection, folder, names, named
):
    """Reading one of two, or both, would be a guess that nobody sees."""
    write(folder, *names)

    with pytest.raises(SegmentationError) as refusal:
        load_folder(connection, folder)

    assert named in str(refusal.value)
    assert tables(connection) == []


def test_parts_may_differ_in_columns_delimiter_and_encoding(connection, folder):
    (folder / "turnover_1.csv").write_text(HEADER + "Zoé,2020,5\n", encoding="utf-8")
    (folder / "turnover_2.csv").write_bytes(
        "Turnover_eur;note; ENTERPRISE_ID;fiscal_year\r\n6;x;Noël;2021\r\n".encode(
            "cp1252"
        )
    )
    connection.execute(
        "copy (select 2022 as fiscal_year, 7.5 as turnover_eur, 'Anaïs' as"
        f" enterprise_id) to '{str(folder).replace(chr(39), chr(39) * 2)}/"
        "turnover_3.parquet'"
    )

    log = load_folder(connection, folder)

    assert rows(connection) == [
        ("Zoé", "2020", "5"),
        ("Noël", "2021", "6"),
        ("Anaïs", "2022", "7.5"),
    ]
    assert [line.split("/")[-1] for line in log] == [
        "turnover_1.csv, 1 row",
        "turnover_2.csv, 1 row; read as Windows-1252; columns not used: note",
        "turnover_3.parquet, 1 row",
    ]


def test_what_is_wrong_in_one_part_leaves_all_tables_as_they_were(connection, folder):
    write(folder, "turnover.csv")
    write(folder, "social_accounts.csv", content="enterprise_id,platform\n")
    connection.execute("create schema raw; create table raw.turnover as select 1 as x")

    with pytest.raises(SegmentationError, match="has no column 'followers'"):
        load_folder(
            connection,
            folder,
            relations={t: f"raw.{t}" for t in ("turnover", "social_accounts")},
        )

    assert connection.table("raw.turnover").fetchall() == [(1,)]

    header = ",".join(RAW_COLUMNS["social_accounts"])
    for content, complaint in [
        (f"{header}\n1,2\n", "Expected Number of Columns"),
        (f"{header}\n", "has a header but no row"),
    ]:
        write(folder, "social_accounts.csv", content=content)
        with pytest.raises(SegmentationError, match=complaint):
            load_folder(
                connection,
                folder,
                relations={t: f"raw.{t}" for t in ("turnover", "social_accounts")},
            )

        assert connection.table("raw.turnover").fetchall() == [(1,)]


# --- Parquet ----------------------------------------------------------------------


def load_parquet(
    connection, folder, turnover, *, columns="enterprise_id,fiscal_year,turnover_eur"
):
    """Write one row with a value of turnover, given as SQL, and return its text."""
    path = str(folder / "turnover.parquet").replace("'", "''")
    key, year, amount = columns.split(",")
    connection.execute(
        f"""copy (select 1 as "{key}", 2020 as "{year}", {turnover} as "{amount}")
        to '{path}'"""
    )
    load_folder(connection, folder)
    ((value,),) = connection.sql("select turnover_eur from raw.turnover").fetchall()
    return value


@pytest.mark.parametrize(
    ("value", "as_text"),
    [
        ("17::bigint", "17"),
        ("17::double", "17"),
        ("'-0'::double", "0"),
        ("9007199254740993::double", "9007199254740992"),
        ("1234.5::double", "1234.5"),
        ("0.1::float", "0.1"),
        ("'nan'::double", "nan"),
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
        ("'Zoé'", "Zoé"),
        ("encode('Zoé')", "Zoé"),
        ("null", None),
        ("null::double", None),
        ("'a'::enum('a', 'b')", "a"),
        (
            "'f116c762-345e-4789-84e9-7cadbd9f6c42'::uuid",
            "f116c762-345e-4789-84e9-7cadbd9f6c42",
        ),
    ],
)
def test_a_typed_value_becomes_the_text_of_an_export(
    connection, folder, value, as_text
):
    connection.execute("set timezone = 'Asia/Tokyo'")

    assert load_parquet(connection, folder, value) == as_text


@pytest.mark.parametrize("value", ["[1, 2]", "{'a': 1}", "map {'a': 1}"])
def test_lists_and_structures_are_refused_by_name(connection, folder, value):
    with pytest.raises(SegmentationError, match="no single value") as refusal:
        load_parquet(connection, folder, value)

    assert "'turnover_eur'" in str(refusal.value)
    assert "turnover.parquet" in str(refusal.value)


def test_further_columns_of_any_type_do_not_matter(connection, folder):
    further = "{'a': [1]} as s, '\\xFF'::blob as b, [1] as l"

    assert (
        load_parquet(
            connection,
            folder,
            f"5 as turnover_eur, {further}, 1",
            columns="enterprise_id,fiscal_year,z",
        )
        == "5"
    )


def test_a_header_of_parquet_is_checked_as_one_of_csv(connection, folder):
    with pytest.raises(SegmentationError, match="rename 'fiscal_yaer'"):
        load_parquet(connection, folder, "5", columns="enterprise_id,fiscal_yaer,x")
    with pytest.raises(SegmentationError, match="'fiscal_year' more than once"):
        load_parquet(
            connection,
            folder,
            "5 as turnover_eur, {'fiscal_year': 1} as s, 1",
            columns="enterprise_id,fiscal_year,Fiscal_Year ",
        )
    assert (
        load_parquet(
            connection, folder, "5", columns="Enterprise_ID,fiscal_year ,TURNOVER_EUR"
        )
        == "5"
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"enterprise_id,fiscal_year\n", "is no Parquet file"),
        (b"", "is no Parquet file"),
        (b"PAR1 and then nothing", "cannot be read as Parquet"),
    ],
)
def test_a_file_that_is_no_parquet_is_refused(connection, folder, content, complaint):
    message = refusal_of(connection, folder, content, name="turnover.parquet")

    assert complaint in message
    assert "turnover.parquet" in message
