"""Open one read-only snapshot of a PostgreSQL database, and word its errors.

The connection is libpq's own matter: PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE,
PGSERVICE, PGPASSFILE, PGSSLMODE and their like, as psql reads them. No password passes
through this package, and what the server says is shown without one.
"""

import os
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg

from segmentation.errors import SegmentationError

# Where people paste a whole connection URL, which holds the password.
_NAMING_VARIABLES = ("PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGSERVICE")
_CONNECT_TIMEOUT_SECONDS = 10
# Texts of dates, times and numbers must not depend on settings of a role or database.
# A migration that holds a table must not keep a nightly build waiting for ever.
_TRANSACTION_SETTINGS = {
    "datestyle": "ISO, YMD",
    "timezone": "UTC",
    "extra_float_digits": "3",
    "lock_timeout": "60s",
    # Rows that the role may not see are an error, not clients that have left.
    "row_security": "off",
}


def check_connection_variables() -> None:
    """Refuse a connection URL or string in a variable that holds a name.

    Such a value holds the password, and names are shown in messages.
    """
    for variable in _NAMING_VARIABLES:
        value = os.environ.get(variable, "")
        # Users may hold an @, as Azure's do.
        is_address = "@" in value[1:] and variable != "PGUSER"
        if is_address or "://" in value or re.search(r"\w+\s*=", value):
            raise SegmentationError(
                f"The environment variable {variable} holds a connection URL or string:"
                " write its parts into PGHOST, PGPORT, PGUSER, PGPASSWORD and"
                " PGDATABASE, or the password into the file that PGPASSFILE names."
            )


@contextmanager
def open_snapshot() -> Iterator[psycopg.Connection]:
    """Connect and begin a read-only transaction that sees one state of the database.

    It ends when the block does. The session is left as it is: behind a pooler it may be
    lent to another program next.
    """
    check_connection_variables()
    options: dict[str, str | int] = {
        "client_encoding": "UTF8",
        # The variable PGAPPNAME comes before it.
        "fallback_application_name": "client_segmentation",
        # Notice within a minute that the server or the network is gone.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
    }
    if "PGCONNECT_TIMEOUT" not in os.environ:
        options["connect_timeout"] = _CONNECT_TIMEOUT_SECONDS
    try:
        connection = psycopg.connect(**options)
    except (psycopg.Error, UnicodeError) as error:
        # Without its cause, whose text dbt would write into its log.
        raise SegmentationError(
            "raw_source is 'postgres', and the database cannot be opened"
            f" ({_variables_as_set()}): {message_of(error)} Check these variables, and"
            " that psql connects with them."
        ) from None
    with closing(connection):
        try:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            for setting, value in _TRANSACTION_SETTINGS.items():
                connection.execute("select set_config(%s, %s, true)", (setting, value))
            yield connection
        except psycopg.Error as error:
            raise SegmentationError(
                f"Reading {place_of(connection)} failed:"
                f" {message_of(error, connection=connection)} Nothing was loaded:"
                " build again."
            ) from None


def place_of(connection: psycopg.Connection) -> str:
    """Name the database, server and user of a connection."""
    # libpq knows them while the connection is open; the variables say enough after.
    if connection.closed or connection.broken:
        return f"the database ({_variables_as_set()})"
    info = connection.info
    return f"the database {info.dbname} at {info.host}:{info.port} as user {info.user}"


def message_of(
    error: BaseException,
    *,
    text: str | None = None,
    connection: psycopg.Connection | None = None,
) -> str:
    """Put an error, or the text of it, into one line without a password."""
    secrets = [os.environ.get("PGPASSWORD", "")]
    pgconn = connection.pgconn if connection else getattr(error, "pgconn", None)
    if pgconn is not None:
        # One that came from a password or service file. None is known once the
        # connection is closed.
        with suppress(psycopg.Error):
            secrets.append(pgconn.password.decode(errors="replace"))
    message = " ".join((text or str(error)).split())
    for secret in secrets:
        if secret:
            message = message.replace(secret, "***")
    message = re.sub(r"://[^@\s]*@", "://***@", message)
    message = re.sub(r"(password\s*=\s*)('[^']*'|\S+)", r"\1***", message)
    return message.rstrip(".") + "."


def _variables_as_set() -> str:
    values = (
        f"{variable}={os.environ[variable]}"
        if os.environ.get(variable)
        else f"{variable} not set"
        for variable in _NAMING_VARIABLES
        if variable != "PGSERVICE" or os.environ.get(variable)
    )
    return ", ".join(values)
