"""An agency's PostgreSQL database is read whole, as it is, and only read."""

import shutil
import socket
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
from dbt_project import DbtProject
from planted_data import AWKWARD_TEXTS
from postgres_server import PASSWORD, READER, AgencyDatabase
from prisma_agency import read_agency, write_csv, write_tables
from segmentation import postgres_connection, raw_postgres
from segmentation.builds.transaction import transaction
from segmentation.errors import SegmentationError
from segmentation.raw.postgres import load_from_postgres
from segmentation.raw.postgres_connection import message_of
from segmentation.raw.tables import RAW_COLUMNS

QUERIES = Path(__file__).parents[2] / "raw_queries"
CLIENT = "11111111-1111-4111-8111-111111111111"
ROWS = f"""
insert into "Category" (id, name)
    values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'Librairie');
insert into "Enterprise" (id, name, "categoryId", address, "isActive", "createdAt")
    values ('{CLIENT}', 'L''Encre "bleue"', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
    '{{"city": "Laval", "postalCode": "01000"}}', true, '2024-02-29 23:30:00'),
    ('22222222-2222-4222-8222-222222222222', '', null, '{{"city": ""}}', false,
    '2023-01-01');
insert into "SocialNetwork" (id, "enterpriseId", platform) values
    ('33333333-3333-4333-8333-333333333333', '{CLIENT}', 'GOOGLE_BUSINESS'),
    ('44444444-4444-4444-8444-444444444444', '{CLIENT}', 'TIKTOK');
insert into "Engagement" ("socialNetworkId", "followersCount", "measuredAt")
    values ('33333333-3333-4333-8333-333333333333', 1200000, '2025-01-31');
insert into "Turnover" ("enterpriseId", "fiscalYear", "amountEur")
    values ('{CLIENT}', 2023, 120000.50), ('{CLIENT}', 2024, null);
"""
LOADED = {
    "enterprises": [
        (
            CLIENT,
            'L\'Encre "bleue"',
            "Librairie",
            "Laval",
            "01000",
            "true",
            "2024-02-29",
        ),
        (
            "22222222-2222-4222-8222-222222222222",
            "",
            None,
            "",
            None,
            "false",
            "2023-01-01",
        ),
    ],
    "social_accounts": [
        (CLIENT, "GOOGLE_BUSINESS", "1200000", "2025-01-31"),
        (CLIENT, "TIKTOK", None, None),
    ],
    "turnover": [(CLIENT, "2023", "120000.50"), (CLIENT, "2024", None)],
}


@pytest.fixture
def cursor(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Provide a build database with a raw table that a failure must not touch."""
    with duckdb.connect(str(tmp_path / "build.duckdb")) as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.enterprises as select 'before' as state")
        yield connection


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """Provide a copy of the project's queries for a test to change."""
    return Path(shutil.copytree(QUERIES, tmp_path / "raw_queries"))


def load(
    cursor: duckdb.DuckDBPyConnection, queries_dir: Path = QUERIES
) -> dict[str, list[tuple]]:
    """Load all raw tables and return their rows."""
    with transaction(cursor):
        load_from_postgres(
            cursor,
            relations={name: f'"build"."raw"."{name}"' for name in RAW_COLUMNS},
            columns=RAW_COLUMNS,
            queries_dir=queries_dir,
        )
    return {
        name: cursor.execute(f"select * from raw.{name} order by rowid").fetchall()
        for name in RAW_COLUMNS
    }


def refusal_of(cursor: duckdb.DuckDBPyConnection, queries_dir: Path = QUERIES) -> str:
    """Load what cannot be loaded: one paragraph, no secret, nothing touched."""
    with pytest.raises(SegmentationError) as refusal:
        load(cursor, queries_dir)
    message = refusal.value.msg
    assert "\n" not in message
    assert PASSWORD not in "".join(traceback.format_exception(refusal.value))
    assert cursor.execute(
        "select table_name from duckdb_tables() order by all"
    ).fetchall() == [("enterprises",)]
    assert cursor.execute("select * from raw.enterprises").fetchall() == [("before",)]
    return message


def replace_in(path: Path, old: str, new: str) -> None:
    query = path.read_text(encoding="utf-8")
    assert old in query
    path.write_text(query.replace(old, new), encoding="utf-8")


def files_holding(password: str, folder: Path) -> list[str]:
    """List every file below a folder that holds a password, in whatever form."""
    forms = (password.encode(), quote(password, safe="").encode())
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


def test_rows_of_the_prisma_schema_arrive_as_exact_text(
    agency_database: AgencyDatabase, cursor: duckdb.DuckDBPyConnection
) -> None:
    """Quoted names, uuid, enum, jsonb, numeric, boolean, timestamp; NULL is not ''."""
    agency_database.run(ROWS)

    assert load(cursor) == LOADED
    types = cursor.execute(
        "select distinct data_type from duckdb_columns() where schema_name = 'raw'"
    )
    assert types.fetchall() == [("VARCHAR",)]


def test_columns_come_in_the_order_of_the_raw_table_whatever_the_query_has(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    queries: Path,
) -> None:
    (queries / "turnover.sql").write_text(
        "select 5 as turnover_eur, 'a' as enterprise_id, 2024 as fiscal_year; \n"
    )

    assert load(cursor, queries)["turnover"] == [("a", "2024", "5")]


def test_every_text_arrives_as_it_was_written(
    agency_database: AgencyDatabase, cursor: duckdb.DuckDBPyConnection
) -> None:
    texts = [
        *AWKWARD_TEXTS,
        "\\.",
        "\\N",
        "NULL",
        '"',
        '""',
        "a,b;c\td",
        "one\ntwo\r\nthree\rfour\n",
        "# no comment",
        "\ufeffx",
        "\u00a0\u202f",
        "🥐 crêpes",
        "long " * 100_000,
    ]
    with agency_database.connect() as writer, writer.cursor() as inserting:
        inserting.executemany(
            'insert into "Enterprise" (name) values (%s)', [(value,) for value in texts]
        )

    loaded = load(cursor)["enterprises"]

    assert [row[1] for row in loaded] == texts


def test_the_text_of_a_value_depends_on_no_setting_of_server_or_role(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    queries: Path,
) -> None:
    texts = {
        "0.1::float8": "0.1",
        "1e15::float8 / 3": "333333333333333.3",
        "0.1::float4": "0.1",
        "12345678901234567.89::numeric": "12345678901234567.89",
        "1234.50::numeric(14, 2)": "1234.50",
        # As text 234.567 is two hundred and thirty-four thousand and more.
        "234.567::numeric(14, 3)": "234.5670",
        "-1234.500::numeric(14, 3)": "-1234.5000",
        "0.125::double precision": "0.1250",
        "'NaN'::numeric": "NaN",
        "9007199254740993::bigint": "9007199254740993",
        "date '2024-12-31'": "2024-12-31",
        "timestamp '2024-12-31 08:05:00.5'": "2024-12-31 08:05:00.5",
        "timestamptz '2024-12-31 23:30:00+00'": "2024-12-31 23:30:00+00",
        "'infinity'::date": "infinity",
        "'ab'::char(5)": "ab",
        "true": "true",
        "null::boolean": None,
        "null": None,
        "''": "",
    }
    for setting, odd in (
        ("datestyle", "'German'"),
        ("timezone", "'Asia/Tokyo'"),
        ("extra_float_digits", "-15"),
        ("client_encoding", "'latin1'"),
    ):
        agency_database.run(
            f"alter role {READER} in database {agency_database.name}"
            f" set {setting} to {odd}"
        )
    loaded = {}
    for value in texts:
        (queries / "turnover.sql").write_text(
            f"select 'é' as enterprise_id, 2024 as fiscal_year, {value} as turnover_eur"
        )
        ((key, _, loaded[value]),) = load(cursor, queries)["turnover"]
        assert key == "é"
    assert loaded == texts


def test_a_change_committed_between_two_tables_is_not_seen(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else an account would come without its enterprise, and be rejected as orphan."""
    agency_database.run(ROWS)
    write_rows = raw_postgres._write_rows
    tables_read = []

    def write_rows_and_commit_a_change(*arguments: object, **named: object) -> int:
        row_count = write_rows(*arguments, **named)
        if not tables_read:
            agency_database.run('delete from "Turnover"')
            agency_database.run('update "Engagement" set "followersCount" = 7')
        tables_read.append(named["path"].stem)
        return row_count

    monkeypatch.setattr(raw_postgres, "_write_rows", write_rows_and_commit_a_change)

    assert load(cursor) == LOADED
    assert tables_read == ["enterprises", "social_accounts", "turnover"]
    later = load(cursor)
    assert later["turnover"] == []
    assert later["social_accounts"][0][2] == "7"


@pytest.mark.parametrize(
    "attack",
    [
        "select delete_turnover()::text as enterprise_id, 1 as fiscal_year,"
        " 2 as turnover_eur",
        "select 'a' as enterprise_id, 1 as fiscal_year, 2 as turnover_eur) as x;"
        ' commit; delete from "Turnover"; select * from (select 1',
        "select 'a' as enterprise_id, 1 as fiscal_year, 2 as turnover_eur;"
        ' delete from "Turnover"; commit',
        'delete from "Turnover" returning 1',
    ],
    ids=["function", "closed bracket", "second statement", "no select"],
)
def test_a_query_can_write_nothing_even_as_administrator(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    queries: Path,
    monkeypatch: pytest.MonkeyPatch,
    attack: str,
) -> None:
    agency_database.run(ROWS)
    agency_database.run(
        "create function delete_turnover() returns integer language sql as"
        """ 'delete from "Turnover"; select 1'"""
    )
    monkeypatch.setenv("PGUSER", "postgres")
    (queries / "turnover.sql").write_text(attack)

    message = refusal_of(cursor, queries)

    assert f"The query {queries / 'turnover.sql'} fails" in message
    assert agency_database.run('select count(*) from "Turnover"') == [(2,)]


def use_unquoted_table(queries: Path, _: AgencyDatabase) -> None:
    replace_in(queries / "enterprises.sql", '"Enterprise"', "Enterprise")


def misspell_table(queries: Path, _: AgencyDatabase) -> None:
    replace_in(queries / "turnover.sql", '"Turnover"', '"Turnovers"')


def drop_column(_: Path, database: AgencyDatabase) -> None:
    database.run('alter table "Enterprise" rename "isActive" to "isActif"')


def leave_out_column(queries: Path, _: AgencyDatabase) -> None:
    replace_in(queries / "enterprises.sql", "as city_name", "as citi_name")


def leave_out_unlike_column(queries: Path, _: AgencyDatabase) -> None:
    path = queries / "turnover.sql"
    replace_in(path, 'turnover."fiscalYear" as fiscal_year,', "")


def add_column(queries: Path, _: AgencyDatabase) -> None:
    path = queries / "turnover.sql"
    replace_in(path, "as fiscal_year,", "as fiscal_year, 1 as notes,")


def double_column(queries: Path, _: AgencyDatabase) -> None:
    path = queries / "turnover.sql"
    replace_in(path, "as fiscal_year,", "as fiscal_year, 1 as fiscal_year,")


def take_json(queries: Path, _: AgencyDatabase) -> None:
    replace_in(queries / "enterprises.sql", "->> 'city'", "-> 'city'")


def forget_comma(queries: Path, _: AgencyDatabase) -> None:
    replace_in(queries / "turnover.sql", "as fiscal_year,", "as fiscal_year")


def take_right_away(_: Path, database: AgencyDatabase) -> None:
    database.run(f'revoke select on "Engagement" from {READER}')


def divide_by_a_value(queries: Path, database: AgencyDatabase) -> None:
    database.run('update "Turnover" set "amountEur" = 0 where "fiscalYear" = 2024')
    path = queries / "turnover.sql"
    replace_in(path, 'turnover."amountEur"', '1 / turnover."amountEur"')


def end_own_session(queries: Path, _: AgencyDatabase) -> None:
    path = queries / "turnover.sql"
    with path.open("a") as file:
        file.write("where pg_terminate_backend(pg_backend_pid())\n")


def remove_query(queries: Path, _: AgencyDatabase) -> None:
    (queries / "turnover.sql").unlink()


def empty_query(queries: Path, _: AgencyDatabase) -> None:
    (queries / "turnover.sql").write_text("-- later\n")


def save_as_latin_1(queries: Path, _: AgencyDatabase) -> None:
    (queries / "turnover.sql").write_bytes("-- été".encode("latin-1"))


@pytest.mark.parametrize(
    ("damage", "file_name", "told"),
    [
        (
            use_unquoted_table,
            "enterprises.sql",
            ["fails in line 13", 'relation "enterprise"', 'Did you mean "Enterprise"?'],
        ),
        (
            misspell_table,
            "turnover.sql",
            ['relation "Turnovers" does not exist', 'Did you mean "Turnover"?'],
        ),
        (
            drop_column,
            "enterprises.sql",
            ["in line 11", "enterprise.isActive does not exist", "isActif"],
        ),
        (
            leave_out_column,
            "enterprises.sql",
            ["no column 'city_name'", "'citi_name', rename that to 'city_name'"],
        ),
        (
            leave_out_unlike_column,
            "turnover.sql",
            ["no column 'fiscal_year'", "add `... as fiscal_year`"],
        ),
        (add_column, "turnover.sql", ["a column 'notes'", "remove it"]),
        (double_column, "turnover.sql", ["'fiscal_year' twice"]),
        (take_json, "enterprises.sql", ["'city_name'", "type jsonb", "->> (not ->)"]),
        (forget_comma, "turnover.sql", ["fails in line 7", "syntax error at or near"]),
        (
            take_right_away,
            "social_accounts.sql",
            ["permission denied for table Engagement", f'to "{READER}"'],
        ),
        (divide_by_a_value, "turnover.sql", ["division by zero", "Correct the query"]),
        (end_own_session, "turnover.sql", ["terminating connection", "build again"]),
        (remove_query, "turnover.sql", ["has no query", "write the select"]),
        (empty_query, "turnover.sql", ["syntax error", "A query is one select"]),
        (save_as_latin_1, "turnover.sql", ["not in UTF-8"]),
    ],
)
def test_a_query_that_does_not_fit_is_refused_by_its_file_with_the_remedy(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    queries: Path,
    damage: Callable[[Path, AgencyDatabase], None],
    file_name: str,
    told: list[str],
) -> None:
    agency_database.run(ROWS)
    damage(queries, agency_database)

    message = refusal_of(cursor, queries)

    assert str(queries / file_name) in message
    for part in told:
        assert part in message


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("PGHOST", "{tmp_path}", "PGHOST={tmp_path}"),
        ("PGPASSWORD", PASSWORD + "x", "password authentication failed for user"),
        ("PGPASSWORD", "", "no password supplied"),
        ("PGUSER", "nobody_here", "PGUSER=nobody_here"),
        ("PGDATABASE", "elsewhere", 'database "elsewhere" does not exist'),
        ("PGPORT", "many", "PGPORT=many"),
        ("PGSERVICE", "unheard_of", "unheard_of"),
    ],
)
def test_a_database_that_does_not_open_is_named_by_its_variables(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
    value: str,
    told: str,
) -> None:
    monkeypatch.setenv(variable, value.format(tmp_path=tmp_path))

    message = refusal_of(cursor)

    assert "raw_source is 'postgres', and the database cannot be opened" in message
    assert told.format(tmp_path=tmp_path) in message
    assert "Check these variables" in message


@pytest.mark.parametrize("variable", ["PGDATABASE", "PGHOST"])
@pytest.mark.parametrize(
    "value",
    [
        f"postgresql://{READER}:{PASSWORD}@localhost/agency",
        f"{READER}:{PASSWORD}@localhost",
        f"host=localhost password={PASSWORD}",
    ],
)
def test_a_connection_url_where_a_name_belongs_is_refused_unseen(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    value: str,
) -> None:
    monkeypatch.setenv(variable, value)

    message = refusal_of(cursor)

    assert f"variable {variable} holds a connection URL or string" in message


def test_a_server_that_does_not_answer_is_given_up(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PGHOST", "127.0.0.1")
        monkeypatch.setenv("PGPORT", str(silent.getsockname()[1]))
        monkeypatch.setenv("PGCONNECT_TIMEOUT", "2")

        assert "timeout expired" in refusal_of(cursor)


def test_a_table_that_somebody_locks_is_given_up(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A migration holds its tables exclusively."""
    # Ends the test, in another way, where the lock is waited for.
    agency_database.run(
        f"alter role {READER} in database {agency_database.name}"
        " set statement_timeout to '10s'"
    )
    settings = postgres_connection._TRANSACTION_SETTINGS
    monkeypatch.setitem(settings, "lock_timeout", "200ms")
    with agency_database.connect() as migration, migration.transaction():
        migration.execute('lock table "Turnover" in access exclusive mode')

        message = refusal_of(cursor)

    assert "turnover.sql fails" in message
    assert "canceling statement due to lock timeout" in message


def test_a_password_file_serves_and_its_password_is_shown_as_little(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    monkeypatch: pytest.MonkeyPatch,
    queries: Path,
    tmp_path: Path,
) -> None:
    """The error names the table, which is called like the password here."""
    password_file = tmp_path / "pgpass"
    password_file.write_text(f"*:*:*:{READER}:{PASSWORD}\n")
    password_file.chmod(0o600)
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setenv("PGPASSFILE", str(password_file))
    (queries / "turnover.sql").write_text(f'select * from "{PASSWORD}"')

    message = refusal_of(cursor, queries)

    assert 'relation "***" does not exist' in message
    assert set(load(cursor)) == set(RAW_COLUMNS)


@pytest.mark.parametrize(
    "told",
    [
        f'connection to "postgresql://me:{PASSWORD}@host/agency" failed',
        f"invalid connection option in host=x password={PASSWORD} port=1",
        f"invalid connection option in host=x password = '{PASSWORD} and' port=1",
    ],
)
def test_whatever_is_told_is_told_without_a_password(
    monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)

    assert PASSWORD not in message_of(RuntimeError(told))
    assert "***" in message_of(RuntimeError(told))


def test_nothing_is_left_beside_the_build_database(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    queries: Path,
    tmp_path: Path,
) -> None:
    """Not even what a killed build has left: the rows are clients' data."""
    agency_database.run(ROWS)
    left = tmp_path / "postgres-rows-killed"
    left.mkdir()
    (left / "enterprises.csv").write_text("a client")
    divide_by_a_value(queries, agency_database)

    refusal_of(cursor, queries)
    assert not list(tmp_path.glob("postgres*"))

    load(cursor)
    assert not list(tmp_path.glob("postgres*"))
    assert files_holding(PASSWORD, tmp_path) == []


def test_no_session_stays_open_on_the_server(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    queries: Path,
) -> None:
    agency_database.run(ROWS)
    load(cursor)
    divide_by_a_value(queries, agency_database)
    with pytest.raises(SegmentationError):
        load(cursor, queries)

    sessions = (
        "select pg_stat_clear_snapshot(), count(*) from pg_stat_activity"
        f" where usename = '{READER}'"
    )
    for _ in range(100):
        if agency_database.run(sessions)[0][1] == 0:
            break
    assert agency_database.run(sessions)[0][1] == 0


def test_the_server_sees_who_reads_it(
    agency_database: AgencyDatabase,
    cursor: duckdb.DuckDBPyConnection,
    queries: Path,
) -> None:
    (queries / "turnover.sql").write_text(
        "select current_setting('application_name') as enterprise_id,"
        " current_setting('transaction_isolation') as fiscal_year,"
        " current_setting('transaction_read_only') as turnover_eur"
    )

    assert load(cursor, queries)["turnover"] == [
        ("client_segmentation", "repeatable read", "on")
    ]


@pytest.mark.slow
def test_a_build_from_postgres_equals_the_build_of_the_same_data_as_csv(
    built: DbtProject, agency_database: AgencyDatabase, tmp_path: Path
) -> None:
    """Mart by mart; and neither it nor one that fails leaves the password anywhere."""
    agency = read_agency(built.folder / "seeds" / "raw")
    with agency_database.connect() as writer, writer.transaction():
        write_tables(agency, writer)
    write_csv(agency, tmp_path / "export")
    settings = {"evaluate": "false", "data_set": "agency"}
    from_files = DbtProject(tmp_path / "files", settings=settings)
    from_postgres = DbtProject(tmp_path / "postgres", settings=settings)
    for project in (from_files, from_postgres):
        shutil.copytree(
            built.folder,
            project.folder,
            # Tests hold the password.
            ignore=shutil.ignore_patterns("build", "published", "logs", "python"),
        )

    files_build = from_files.dbt(
        "build", raw_source="files", RAW_DATA_DIR=str(tmp_path / "export")
    )
    assert files_build.returncode == 0, files_build.stdout
    build = from_postgres.build("--debug", raw_source="postgres")
    assert build.returncode == 0, build.stdout
    assert f"Read {len(agency.enterprises):,} rows of enterprises" in build.stdout

    expected, marts = from_files.marts(), from_postgres.marts()
    assert marts.keys() == expected.keys()
    differing = [name for name, rows in expected.items() if marts[name] != rows]
    # The row that says where the data came from.
    assert differing == ["publication"]
    assert len(marts["enterprise_segments"]) > 100
    assert len(marts["rejected_rows"]) > 100

    published = from_postgres.published.read_bytes()
    agency_database.run(f'revoke select on "Turnover" from {READER}')
    failures = [
        from_postgres.build("--debug", raw_source="postgres"),
        from_postgres.build(
            "--debug", raw_source="postgres", PGPASSWORD=PASSWORD + "x"
        ),
        from_postgres.build(
            "--debug",
            raw_source="postgres",
            data_set="",
            PGDATABASE=f"postgresql://{READER}:{PASSWORD}@localhost/agency",
        ),
    ]
    for failure, told in zip(
        failures,
        ["permission denied", "authentication failed", "holds a connection URL"],
        strict=True,
    ):
        assert failure.returncode != 0
        assert told in failure.stdout
        assert "Traceback" not in failure.stdout
    assert from_postgres.published.read_bytes() == published
    assert not [run for run in (build, *failures) if PASSWORD in run.stdout]
    assert (from_postgres.folder / "logs" / "dbt.log").is_file()
    assert files_holding(PASSWORD, from_postgres.folder) == []
