"""Turn contacts into digests before anything of them reaches a file.

The plain rows are in memory only, in a database of their own that may not write to the
disk. What the build database gets are the digests that advertising platforms match by,
and why a value has none.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import phonenumbers
from duckdb import DuckDBPyConnection

from segmentation.errors import SegmentationError

TABLE = "contacts"
# In the order of the columns of the table that is loaded.
_LOADED = (
    *("enterprise_id", "enterprise_id_rejection", "marketing_consent_rejection"),
    *("email_rejection", "phone_rejection", "meta_email_sha256", "meta_phone_sha256"),
    *("google_email_sha256", "google_phone_sha256"),
)
ROWS_AT_A_TIME = 100_000
# One address as people have them; what is quoted or has a comment is none.
_EMAIL = re.compile(
    r"[^\s@<>()\[\],;:\"\\]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+"
    r"(?:xn--[a-z0-9-]+|[^\W\d_]{2,})"
)
_LONGEST_EMAIL = 254
_GMAIL = ("gmail.com", "googlemail.com")


@dataclass(frozen=True)
class Contacts:
    """How contacts are read, and where their digests go.

    `relation` is the table to create, `query` reads the table `contacts` of `memory`,
    and `enterprise_ids` every id that an enterprise of the build database has.
    """

    relation: str
    columns: Sequence[str]
    query: str
    enterprise_ids: str
    phone_region: str
    memory: DuckDBPyConnection

    def fill(self, rows: Sequence[tuple]) -> None:
        """Add plain rows, of texts or None, to those in memory."""
        given = pd.DataFrame(rows, columns=list(self.columns), dtype=object)
        listed = ", ".join(f"cast({name} as varchar)" for name in self.columns)
        self.memory.register("given", given)
        self.memory.execute(f"insert into {TABLE} select {listed} from given")
        self.memory.unregister("given")


@contextmanager
def contacts_in_memory(**how: object) -> Iterator[Contacts]:
    """Open a database for plain contacts that never writes to the disk.

    Raises
    ------
    SegmentationError
        If the variable ``phone_region`` names no country.
    """
    region = how["phone_region"]
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise SegmentationError(
            f"The variable phone_region is {region!r}: write the two letters of a"
            ' country in quotes, such as "FR".'
        )
    with duckdb.connect(config={"temp_directory": ""}) as memory:
        contacts = Contacts(**how, memory=memory)
        columns = ", ".join(f"{name} varchar" for name in contacts.columns)
        memory.execute(f"create table {TABLE} ({columns})")
        yield contacts


def unseen_file(stack: ExitStack, otherwise: Path) -> Path:
    """Give the path of an empty file in memory, which is gone when the process is.

    It is there until `stack` ends. A system without such files, as macOS is, gets
    `otherwise`.
    """
    if not (hasattr(os, "memfd_create") and Path("/proc/self/fd").is_dir()):
        return otherwise
    descriptor = os.memfd_create(otherwise.name)
    stack.callback(os.close, descriptor)
    return Path(f"/proc/self/fd/{descriptor}")


def load_digests(cursor: DuckDBPyConnection, contacts: Contacts) -> None:
    """Create the table of digests in the build database.

    Only who consents is hashed. Who refuses in one row refuses in all: an explicit no
    for an address or a number counts for every row that has it. An id that no
    enterprise has is not kept, for nobody knows what stands there.
    """
    columns = ", ".join(f"{name} varchar" for name in _LOADED)
    cursor.execute(f"create or replace table {contacts.relation} ({columns})")
    refused = {
        detail
        for _, _, is_consenting, _, email, _, phone, _ in _rows_of(contacts)
        if is_consenting is False
        for detail in (
            google_email(normalised_email(email)),
            e164(phone, region=contacts.phone_region),
        )
        if detail
    }
    batch = []
    for row in _rows_of(contacts):
        batch.append(_digested(row, refused=refused, region=contacts.phone_region))
        if len(batch) == ROWS_AT_A_TIME:
            _insert(cursor, contacts, batch)
            batch = []
    if batch:
        _insert(cursor, contacts, batch)


def _rows_of(contacts: Contacts) -> Iterator[tuple]:
    rows = contacts.memory.cursor()
    rows.execute(contacts.query)
    while batch := rows.fetchmany(ROWS_AT_A_TIME):
        yield from batch


def _digested(row: tuple, *, refused: set[str], region: str) -> tuple:
    enterprise_id, id_rejection, is_consenting, consent_rejection, *details = row
    email_text, email_rejection, phone_text, phone_rejection = details
    if not is_consenting:
        return (enterprise_id, id_rejection, consent_rejection, *[None] * 6)
    email = normalised_email(email_text)
    phone = e164(phone_text, region=region)
    googles = google_email(email)
    if not refused.isdisjoint((googles, phone)):
        return (enterprise_id, id_rejection, "no_consent", *[None] * 6)
    return (
        enterprise_id,
        id_rejection,
        None,
        "unreadable" if email_text and not email else email_rejection,
        "unreadable" if phone_text and not phone else phone_rejection,
        _sha256(email),
        # Meta's have no sign before the country code.
        _sha256(phone and phone.removeprefix("+")),
        _sha256(googles),
        _sha256(phone),
    )


def _insert(
    cursor: DuckDBPyConnection, contacts: Contacts, batch: Sequence[tuple]
) -> None:
    given = pd.DataFrame(batch, columns=list(_LOADED), dtype=object)
    listed = ", ".join(f"given.{name}" for name in _LOADED[2:])
    cursor.register("given", given)
    try:
        cursor.execute(
            f"insert into {contacts.relation} select known.enterprise_id,"
            " case when given.enterprise_id_rejection is not null"
            " then given.enterprise_id_rejection"
            " when known.enterprise_id is null then 'orphan' end,"
            f" {listed} from given left join ({contacts.enterprise_ids}) as known"
            " on given.enterprise_id = known.enterprise_id"
        )
    finally:
        cursor.unregister("given")


def normalised_email(text: str | None) -> str | None:
    """Write an address as both platforms hash it; None if it is no single address.

    References
    ----------
    Meta, Customer Information Parameters, ``em``: trimmed, in lower case.
    """
    email = (text or "").strip().lower()
    is_address = len(email) <= _LONGEST_EMAIL and _EMAIL.fullmatch(email)
    return email if is_address else None


def google_email(email: str | None) -> str | None:
    """Write a normalised address as Google hashes it.

    Of its own addresses it ignores dots, and what follows a plus.

    References
    ----------
    Google, Data Manager API, Format user data, ``email_address``.
    """
    name, _, domain = (email or "").partition("@")
    if domain not in _GMAIL:
        return email
    return f"{name.partition('+')[0].replace('.', '')}@{domain}"


def e164(text: str | None, *, region: str) -> str | None:
    """Write a telephone number as E.164 does; None if no country has such a number.

    `region` is the country of a number that is written without one.
    """
    try:
        number = phonenumbers.parse(text or "", region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _sha256(text: str | None) -> str | None:
    return hashlib.sha256(text.encode()).hexdigest() if text else None
