"""A raw table is loaded whole, or refused in words that say what to correct."""

import duckdb
import pytest
from segmentation.errors import SegmentationError
from segmentation.raw_tables import RAW_COLUMNS, prepare_raw_table

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


def prepare(connection, folder, *, table_name="turnover", **changes):
    """Prepare a raw table that comes from files, unless changed."""
    arguments = {
        "publish_dir": folder / "published",
        "table_name": table_name,
        "relation": f'"memory"."raw"."{table_name}"',
        "raw_source": "files",
        "raw_data_dir": str(folder),
        "is_empty_run": False,
    }
    prepare_raw_table(connection, **{**arguments, **changes})


def load(connection, folder, content, *, table_name="turnover"):
    """Write a file, prepare it and return its rows."""
    data = content if isinstance(content, bytes) else content.encode()
    (folder / f"{table_name}.csv").write_bytes(data)
    prepare(connection, folder, table_name=table_name)
    return connection.table(f"raw.{table_name}").fetchall()


def refusal_of(connection, folder, content, *, table_name="turnover"):
    with pytest.raises(SegmentationError) as refusal:
        load(connection, folder, content, table_name=table_name)
    return str(refusal.value)


def tables(connection):
    return connection.sql("select table_name from duckdb_tables()").fetchall()


def test_a_folder_that_is_none_is_refused_with_the_files_it_should_hold(
    connection, folder
):
    with pytest.raises(SegmentationError) as refusal:
        prepare(connection, folder / "nowhere")

    assert "RAW_DATA_DIR" in str(refusal.value)
    assert "nowhere" in str(refusal.value)
    assert "enterprises.csv, social_accounts.csv, turnover.csv" in str(refusal.value)
    assert tables(connection) == []


def test_a_missing_file_is_refused_with_what_the_folder_holds(connection, folder):
    (folder / "Turnover 2024.csv").write_text(HEADER)

    with pytest.raises(SegmentationError) as refusal:
        prepare(connection, folder)

    assert f"no file {folder / 'turnover.csv'}" in str(refusal.value)
    assert "The folder holds Turnover 2024.csv" in str(refusal.value)
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
    rows = load(
        connection,
        folder,
        "Turnover_EUR;Notes;ENTERPRISE_ID;fiscal_year\n1 200,50;yes;a;2023\n",
    )

    assert rows == [("1 200,50", "yes", "a", "2023")]
    table = connection.table("raw.turnover")
    by_name = table.project("enterprise_id, fiscal_year, turnover_eur")
    assert by_name.fetchall() == [("a", "2023", "1 200,50")]


def test_every_value_is_kept_as_the_text_that_it_is(connection, folder):
    """Parsing is staging's work: a code must keep its zeros, a date its form."""
    rows = load(
        connection,
        folder,
        HEADER + '007,2020,1e3\ntrue,01/02/2020,\n"a\nb, ""c""", 2021 ,NULL\n',
    )

    assert rows == [
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
    rows = load(connection, folder, HEADER + "1,2020,5\n#2,2020,6\n3,2020,7\n")

    assert len(rows) == 3


@pytest.mark.parametrize(
    "content",
    [
        HEADER + "1,2020,5\n" * 30_000 + "2,2020\n",
        HEADER + "1,2020,5\n" * 30_000 + "2,2020,6,7\n",
        HEADER + "1,2020\n2,2020,5\n3,2020,5\n",
        (HEADER + "1,2020,5\nété,2020,5\n").encode("windows-1252"),
        (HEADER + "1,2020,5\n").encode("utf-16"),
        b"\x00\x01\x02\x03" * 100,
    ],
    ids=["late short row", "late long row", "early short row", "cp1252", "utf16", "0"],
)
def test_a_file_that_is_no_whole_csv_in_utf_8_is_refused_by_its_name(
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
    assert "cannot be read as CSV in UTF-8" in message
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

    assert (
        f"{table_name} ({folder / table_name}.csv) has a header but no row" in message
    )


def test_turnover_may_be_empty(connection, folder):
    """It is no feature of the fit by default, and many agencies have none."""
    assert load(connection, folder, HEADER) == []


def test_an_empty_run_needs_no_row_but_every_column(connection, folder):
    """The run checks the project, and the header belongs to that."""
    (folder / "enterprises.csv").write_text(ENTERPRISES_HEADER)
    prepare(connection, folder, table_name="enterprises", is_empty_run=True)

    (folder / "enterprises.csv").write_text("enterprise_id\n")
    with pytest.raises(SegmentationError, match="no column 'enterprise_name'"):
        prepare(connection, folder, table_name="enterprises", is_empty_run=True)


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ("'1' as enterprise_id, '2020' as fiscal_yaer", "rename 'fiscal_yaer'"),
        (", ".join(f"'1' as {name}" for name in RAW_COLUMNS["turnover"]), None),
    ],
)
def test_a_seed_is_checked_where_it_is_and_named_by_its_file(
    connection, folder, columns, complaint
):
    connection.execute(f"create table raw_turnover as select {columns}")
    arguments = {"relation": "raw_turnover", "raw_source": "seeds", "raw_data_dir": ""}

    if complaint is None:
        prepare(connection, folder, **arguments)
        return
    with pytest.raises(SegmentationError, match=complaint) as refusal:
        prepare(connection, folder, **arguments)
    assert "seeds/raw/raw_turnover.csv" in str(refusal.value)


def test_a_seed_that_is_not_loaded_yet_is_no_error(connection, folder):
    """`dbt compile` on a new build database asks for it."""
    prepare(
        connection, folder, relation="raw_turnover", raw_source="seeds", raw_data_dir=""
    )

    assert tables(connection) == []
