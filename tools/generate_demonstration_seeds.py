"""Generate the demonstration data: raw tables of made-up business clients and sales.

No row describes a real enterprise. The data exist so that a fresh clone has
something to segment, and so that tests can tell right from wrong: beneath the dirt
of the raw tables lie 421 active clients that are known exactly. They are planted in
the study's four groups, with its mean followers to the printed decimal and its three
leading categories, and the study's recipe finds these groups for any seed and order of
rows: tests/python/test_report_reproduced.py and test_segments_are_stable.py prove it.

What the raw tables are dirty with, so that every cleaning rule has work to do:
spelling variants and aliases, blanks and placeholders, numbers and dates in many
forms, exact duplicates, twins under another id that hold a part of the accounts,
stale rows under the same id, namesakes that must stay apart, inactive clients,
superseded and unreadable measurements, orphans, and missing keys.

Beneath the sales lines lie 1,500 accounts, 300 of them active clients, which
tests/fixtures/demonstration_accounts.csv describes. Their dirt: duplicates, one id with
two contents, missing ids and codes, quantities, prices and dates that cannot be, and
credits with and without the line that they cancel.

Bytes depend on the table of clients and a fixed seed alone: all randomness comes from
the standard library, whose generators do not change between versions.

Usage::

    python tools/generate_demonstration_seeds.py
"""

import csv
import io
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

# Lets tests load this file by its path as well as run it as a script.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from demonstration.clients import Client, read_clients
from demonstration.raw_tables import COLUMNS, make_raw_tables
from demonstration.sales_lines import (
    ACCOUNT_COLUMNS,
    describe_accounts,
    make_accounts,
    make_sales,
    make_sales_rows,
    make_unusable,
    write_odd_sales,
)
from demonstration.vocabulary import NAMED_PLATFORMS

PROJECT = Path(__file__).resolve().parent.parent
ACCOUNTS = "tests/fixtures/demonstration_accounts.csv"


def add_up(counts: Iterable[int | None]) -> int | None:
    """Return the sum, None when a part is unknown."""
    known = list(counts)
    return None if None in known else sum(known)


def describe_client(client: Client) -> dict[str, object]:
    accounts, cents = client.accounts, client.turnover_cents
    others = [n for name, n in accounts.items() if name not in NAMED_PLATFORMS]
    followers = {name: accounts.get(name, 0) for name in NAMED_PLATFORMS}
    followers["other"] = add_up(others)
    return {
        "enterprise_id": client.enterprise_id,
        "enterprise_name": client.name,
        "category_name": client.category,
        "city_name": client.city,
        **{f"followers_{name}": count for name, count in followers.items()},
        "followers_total": add_up(followers.values()),
        **{f"has_{name}_account": name in accounts for name in NAMED_PLATFORMS},
        "has_other_account": bool(others),
        "turnover_eur": cents[max(cents)] / 100 if cents else None,
        "report_cluster": client.report_cluster,
    }


def planted_enterprises() -> pd.DataFrame:
    """Return the 421 active enterprises that a correct cleaning recovers.

    They are ordered by `enterprise_id`. `turnover_eur` is the latest readable amount;
    unknown values are None. No account on a platform: 0 followers and a false flag.
    `report_cluster` is the planted group, under the study's number.
    """
    planted = [c for c in read_clients() if c.report_cluster is not None]
    # Objects, because every other type would turn None into something else.
    frame = pd.DataFrame(map(describe_client, planted), dtype="object")
    flags = {name: "bool" for name in frame.columns if name.startswith("has_")}
    frame = frame.astype({**flags, "report_cluster": "int64"})
    return frame.sort_values("enterprise_id", ignore_index=True)


def write_csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def generate_files() -> dict[str, bytes]:
    """Return the content of every generated file by its path in the project."""
    clients = read_clients()
    sales = write_odd_sales(make_sales(make_accounts(clients)))
    tables = make_raw_tables(clients)
    tables["raw_sales_lines"] = make_sales_rows(sales, make_unusable(sales))
    files = {
        f"seeds/raw/{table}.csv": write_csv(COLUMNS[table], rows)
        for table, rows in tables.items()
    }
    files[ACCOUNTS] = write_csv(ACCOUNT_COLUMNS, describe_accounts(sales))
    return files


if __name__ == "__main__":
    for path, content in generate_files().items():
        (PROJECT / path).write_bytes(content)
        print(path)
