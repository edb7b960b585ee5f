"""An agency's PostgreSQL database is read whole, as it is, and only read."""

import shutil
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
from planted_data import AWKWARD_TEXTS
from postgres_server import PASSWORD, READER, AgencyDatabase
from project_copies import RAW_COLUMNS, leave_out_charts
from segmentation.errors import SegmentationError
from segmentation.raw import postgres, postgres_connection
from segmentation.raw.postgres import load_from_postgres
from segmentation.raw.postgres_connection import message_of
from segmentation.transaction import transaction

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
MANY_CLIENTS = """
insert into "Enterprise" (name, address) select 'Client ' || n,
    '{"city": "Laval", "postalCode": "53000"}' from generate_series(1, 40) as n;
insert into "SocialNetwork" ("enterpriseId", platform) select id, 'FACEBOOK'
    from "Enterprise" where name like 'Client %';
insert into "Engagement" ("socialNetworkId", "followersCount", "measuredAt")
    select id, 100 * row_number() over (), '2025-01-31' from "SocialNetwork"
    where platform = 'FACEBOOK';
"""
# A query that fails at its second row.
DIVISION = (
    "turnover.sql",
    'turnover."amountEur"',
    """1 / (turnover."fiscalYear" - 2024)""",
)
LOADED = {
    "enterprises": [
        (CLIENT, 'L\'Encre "bleue"', "Librairie", "Laval", "01000", "true",
         "2024-02-29"),
        ("22222222-2222-4222-8222-222222222222", "", None, "", None, "false",
         "2023-01-01"),
    ],
    "social_accounts": [
        (CLIENT, "GOOGLE_BUSINESS", "1200000", "2025-01-31"),
        (CLIENT, "TIKTOK", None, None),
    ],
    "turnover": [(CLIENT, "2023", "120000.50"), (CLIENT, "2024", None)],
    # The schema has neither.
    "recommendation_events": [],
    "sales_lines": [],
}  # fmt: skip


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
            queries_dir,
            relations={name: f'"build"."raw"."{name}"' for name in RAW_COLUMNS},
            columns=RAW_COLUMNS,
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


def set_for_reader(database: AgencyDatabase, setting: str) -> None:
    database.run(f"alter role {READER} in database {database.name} set {setting}")


def files_holding(password: str, folder: Path) -> list[str]:
    """List every file below a folder that holds a password, in whatever form."""
    forms = (password.encode(), quote(password, safe="").encode())
    return [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    ]


def test_rows_of_the_prisma_schema_arrive_as_exact_text(agency_database, cursor):
    """Quoted names, uuid, enum, jsonb, numeric, boolean, timestamp; NULL is not ''."""
    agency_database.run(ROWS)
    assert load(cursor) == LOADED
    types = cursor.execute(
        "select distinct data_type from duckdb_columns() where schema_name = 'raw'"
    )
    assert types.fetchall() == [("VARCHAR",)]


def test_every_text_arrives_as_it_was_written(agency_database, cursor):
    texts = [
        *AWKWARD_TEXTS,
        "\\.", "\\N", "NULL", '"', '""', "a,b;c\td", "one\ntwo\r\nthree\rfour\n",
        "# no comment", "\ufeffx", "\u00a0\u202f", "🥐 crêpes", "long " * 600_000,
    ]  # fmt: skip
    # The first row must not decide what ends the others.
    texts.sort(key=lambda value: "\r" not in value)
    with agency_database.connect() as writer, writer.cursor() as inserting:
        inserting.executemany(
            'insert into "Enterprise" (name) values (%s)', [(value,) for value in texts]
        )
    loaded = load(cursor)["enterprises"]
    assert [row[1] for row in loaded] == texts


def test_values_arrive_as_the_same_texts_whatever_server_role_and_query_have_set(
    agency_database, cursor, queries
):
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
        # The server sees who reads it.
        "current_setting('application_name')": "client_segmentation",
        "current_setting('transaction_isolation')": "repeatable read",
        "current_setting('transaction_read_only')": "on",
    }
    for setting in (
        "datestyle to 'German'",
        "timezone to 'Asia/Tokyo'",
        "extra_float_digits to -15",
        "client_encoding to 'latin1'",
    ):
        set_for_reader(agency_database, setting)
    loaded = {}
    for value in texts:
        # Whatever the query's order is, columns come in that of the raw table.
        (queries / "turnover.sql").write_text(
            f"select {value} as turnover_eur, 'é' as enterprise_id,"
            " 2024 as fiscal_year; \n"
        )
        ((*key, loaded[value]),) = load(cursor, queries)["turnover"]
        assert key == ["é", "2024"]
    assert loaded == texts


def test_a_change_committed_between_two_tables_is_not_seen(
    agency_database, cursor, monkeypatch
):
    """Else an account would come without its enterprise, and be rejected as orphan."""
    agency_database.run(ROWS)
    write_rows = postgres._write_rows
    tables_read = []

    def write_rows_and_commit_a_change(*arguments: object, **named: object) -> int:
        row_count = write_rows(*arguments, **named)
        if not tables_read:
            agency_database.run('delete from "Turnover"')
            agency_database.run('update "Engagement" set "followersCount" = 7')
        tables_read.append(named["path"].stem)
        return row_count

    monkeypatch.setattr(postgres, "_write_rows", write_rows_and_commit_a_change)

    assert load(cursor) == LOADED
    assert tables_read == list(RAW_COLUMNS)
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
    agency_database, cursor, queries, monkeypatch, attack
):
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


ENTERPRISES, TURNOVER = ("enterprises.sql", "turnover.sql")


@pytest.mark.parametrize(
    ("file_name", "old", "new", "told"),
    [
        (ENTERPRISES, '"Enterprise"', "Enterprise", [
            "fails in line 13", 'relation "enterprise"', 'Did you mean "Enterprise"?']),
        (TURNOVER, '"Turnover"', '"Turnovers"', [
            'relation "Turnovers" does not exist', 'Did you mean "Turnover"?']),
        (ENTERPRISES, "as city_name", "as citi_name", [
            "no column 'city_name'", "'citi_name', rename that to 'city_name'"]),
        (TURNOVER, 'turnover."fiscalYear" as fiscal_year,', "", [
            "no column 'fiscal_year'", "add `... as fiscal_year`"]),
        (TURNOVER, "as fiscal_year,", "as fiscal_year, 1 as notes,", [
            "a column 'notes'", "remove it"]),
        (TURNOVER, "as fiscal_year,", "as fiscal_year, 1 as fiscal_year,", [
            "'fiscal_year' twice"]),
        (ENTERPRISES, "->> 'city'", "-> 'city'", [
            "'city_name'", "type jsonb", "->> (not ->)"]),
        (TURNOVER, "as fiscal_year,", "as fiscal_year", [
            "fails in line 7", "syntax error at or near"]),
        (*DIVISION, ["division by zero", "Correct the query"]),
        (ENTERPRISES, '"name" as enterprise_name', 'name::int as enterprise_name', [
            "integer: a value. Correct the query"]),
        (TURNOVER, "as turnover\n",
         "as turnover where pg_terminate_backend(pg_backend_pid())\n", [
            "terminating connection", "build again"]),
        (TURNOVER, None, None, ["has no query", "write the select"]),
        (TURNOVER, None, b"-- later\n", ["syntax error", "A query is one select"]),
        (TURNOVER, None, "-- été".encode("latin-1"), ["not in UTF-8"]),
        (ENTERPRISES, 'alter table "Enterprise" rename "isActive" to "isActif"', None, [
            "in line 11", "enterprise.isActive does not exist", "isActif"]),
        ("social_accounts.sql", f'revoke select on "Engagement" from {READER}', None, [
            "permission denied for table Engagement", f'to "{READER}"']),
    ],
)  # fmt: skip
def test_a_query_that_does_not_fit_is_refused_by_its_file_with_the_remedy(
    agency_database, cursor, queries, file_name, old, new, told
):
    agency_database.run(ROWS)
    path = queries / file_name
    if isinstance(new, bytes):
        path.write_bytes(new)
    elif isinstance(new, str):
        replace_in(path, old, new)
    elif old:
        # A change of the database, not of the query.
        agency_database.run(old)
    else:
        path.unlink()
    message = refusal_of(cursor, queries)
    assert str(path) in message
    for part in told:
        assert part in message


def test_rows_that_a_policy_hides_are_an_error_and_no_clients_that_left(
    agency_database, cursor
):
    agency_database.run(ROWS)
    agency_database.run(
        'alter table "Enterprise" enable row level security;'
        "create policy one on \"Enterprise\" using (name <> '')"
    )
    message = refusal_of(cursor)
    assert "enterprises.sql fails" in message
    assert f'let an administrator run alter role "{READER}" bypassrls' in message
    agency_database.run(f"alter role {READER} bypassrls")
    try:
        assert load(cursor) == LOADED
    finally:
        agency_database.run(f"alter role {READER} nobypassrls")


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
    agency_database, cursor, monkeypatch, tmp_path, variable, value, told
):
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
    agency_database, cursor, monkeypatch, variable, value
):
    monkeypatch.setenv(variable, value)
    message = refusal_of(cursor)
    assert f"variable {variable} holds a connection URL or string" in message


def test_a_table_that_somebody_locks_is_given_up(agency_database, cursor, monkeypatch):
    """A migration holds its tables exclusively."""
    # Ends the test, in another way, where the lock is waited for.
    set_for_reader(agency_database, "statement_timeout to '10s'")
    settings = postgres_connection._TRANSACTION_SETTINGS
    monkeypatch.setitem(settings, "lock_timeout", "200ms")
    with agency_database.connect() as migration, migration.transaction():
        migration.execute('lock table "Turnover" in access exclusive mode')
        message = refusal_of(cursor)
    assert "turnover.sql fails" in message
    assert "canceling statement due to lock timeout" in message


def test_a_password_file_serves_and_its_password_is_shown_as_little(
    agency_database, cursor, monkeypatch, queries, tmp_path
):
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
def test_whatever_is_told_is_told_without_a_password(monkeypatch, told):
    monkeypatch.delenv("PGPASSWORD", raising=False)
    assert PASSWORD not in message_of(RuntimeError(told))
    assert "***" in message_of(RuntimeError(told))


def test_nothing_is_left_beside_the_build_database_and_no_session_on_the_server(
    agency_database, cursor, queries, tmp_path
):
    """Not even what a killed build has left: the rows are clients' data."""
    agency_database.run(ROWS)
    left = tmp_path / "postgres-rows-killed"
    left.mkdir()
    (left / "enterprises.csv").write_text("a client")
    replace_in(queries / DIVISION[0], *DIVISION[1:])

    refusal_of(cursor, queries)
    assert not list(tmp_path.glob("postgres*"))

    load(cursor)
    assert not list(tmp_path.glob("postgres*"))
    assert files_holding(PASSWORD, tmp_path) == []
    sessions = (
        "select pg_stat_clear_snapshot(), count(*) from pg_stat_activity"
        f" where usename = '{READER}'"
    )
    for _ in range(100):
        if agency_database.run(sessions)[0][1] == 0:
            break
    assert agency_database.run(sessions)[0][1] == 0


@pytest.mark.slow
def test_a_build_from_postgres_publishes_its_rows_and_never_the_password(
    built, agency_database, tmp_path
):
    """Nor does a build that fails leave it anywhere."""
    agency_database.run(ROWS)
    agency_database.run(MANY_CLIENTS)
    project = built.copied_to(tmp_path / "project", evaluate="false", data_set="agency")
    leave_out_charts(project.folder)
    # Tests hold the password.
    for name in ("build", "published", "logs", "tests/python"):
        shutil.rmtree(project.folder / name)

    build = project.build("--debug", raw_source="postgres")
    assert build.returncode == 0, build.stdout
    assert "42 rows of enterprises from PostgreSQL" in build.stdout
    assert project.rows(
        "select count(*), sum(followers_total), sum(turnover_eur)::varchar"
        " from enterprise_segments"
    ) == [(41, sum(range(100, 4001, 100)), "120000.50")]

    published = project.published.read_bytes()
    url = f"postgresql://{READER}:{PASSWORD}@localhost/agency"
    for changes, told in (
        ({"PGPASSWORD": PASSWORD + "x"}, "authentication failed"),
        ({"PGDATABASE": url, "data_set": ""}, "holds a connection URL"),
    ):
        failure = project.build("--debug", raw_source="postgres", **changes)
        assert failure.returncode != 0
        assert told in failure.stdout
        assert "Traceback" not in failure.stdout
        assert PASSWORD not in failure.stdout
    assert PASSWORD not in build.stdout
    assert project.published.read_bytes() == published
    assert (project.folder / "logs" / "dbt.log").is_file()
    assert files_holding(PASSWORD, project.folder) == []
