"""Generate the demonstration data: three raw tables of made-up business clients.

No row describes a real enterprise. The data exist so that a fresh clone has
something to segment, and so that tests can tell right from wrong: beneath the dirt
of the raw tables lie 421 active clients that are known exactly.

What the 421 are planted to show, as tests/python/test_report_reproduced.py and
test_segments_are_stable.py prove:

- four groups of 150, 3, 25 and 243 enterprises (the study's clusters 0 to 3), which the
  study's recipe (k-means with four clusters on total, Facebook, Instagram and
  TikTok followers and the category) finds for any seed and any row order;
- the study's mean followers by group, to its one printed decimal;
- the study's three leading categories by group, with their counts.

What the raw tables are dirty with, so that every cleaning rule has work to do:
spelling variants and aliases, blanks and placeholders, numbers and dates in many
forms, exact duplicates, twins under another id that hold a part of the accounts,
stale rows under the same id, namesakes that must stay apart, inactive clients,
superseded and unreadable measurements, orphans, and missing keys.

Bytes depend on the fixed seed alone: all randomness comes from the standard
library, whose generators do not change between versions.

Usage::

    python tools/generate_demonstration_seeds.py [--check]
"""

import argparse
import csv
import io
import sys
from pathlib import Path

import pandas as pd

# Lets tests load this file by its path as well as run it as a script.
sys.path.insert(0, str(Path(__file__).resolve().parent))

from demonstration.clients import Client, make_clients
from demonstration.raw_tables import COLUMNS, make_raw_tables
from demonstration.vocabulary import NAMED_PLATFORMS

DEFAULT_OUTPUT_DIR = Path(__file__).resolve().parent.parent / "seeds" / "raw"


def add_up(counts: list[int | None]) -> int | None:
    """Return the sum, None when a part is unknown."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def describe_client(client: Client) -> dict[str, object]:
    accounts = client.accounts
    others = {name: n for name, n in accounts.items() if name not in NAMED_PLATFORMS}
    row: dict[str, object] = {
        "enterprise_id": client.enterprise_id,
        "enterprise_name": client.name,
        "category_name": client.category,
        "city_name": client.city,
    }
    for platform in NAMED_PLATFORMS:
        row[f"followers_{platform}"] = accounts.get(platform, 0)
    row["followers_other"] = add_up(list(others.values()))
    row["followers_total"] = add_up(list(accounts.values()))
    for platform in NAMED_PLATFORMS:
        row[f"has_{platform}_account"] = platform in accounts
    row["has_other_account"] = bool(others)
    cents = client.turnover_cents
    row["turnover_eur"] = cents[max(cents)] / 100 if cents else None
    row["report_cluster"] = client.report_cluster
    return row


def planted_enterprises() -> pd.DataFrame:
    """Return the 421 active enterprises that a correct cleaning recovers.

    They are ordered by `enterprise_id`. `turnover_eur` is the latest readable amount;
    unknown values are None. No account on a platform: 0 followers and a false flag.
    `report_cluster` is the planted group, under the study's number.
    """
    rows = [
        describe_client(client)
        for client in make_clients()
        if client.report_cluster is not None
    ]
    # Objects, because every other type would turn None into something else.
    frame = pd.DataFrame(rows, dtype="object")
    flags = {name: "bool" for name in frame.columns if name.startswith("has_")}
    frame = frame.astype({**flags, "report_cluster": "int64"})
    return frame.sort_values("enterprise_id", ignore_index=True)


def generate_files() -> dict[str, bytes]:
    """Return the content of every seed file by its name."""
    files = {}
    for table, rows in make_raw_tables(make_clients()).items():
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS[table])
        writer.writerows(rows)
        files[f"{table}.csv"] = text.getvalue().encode()
    return files


def find_differences(files: dict[str, bytes], folder: Path) -> list[str]:
    """Return the names of the files that are missing or different in a folder."""
    return [
        name
        for name, content in files.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != content
    ]


def main() -> int:
    """Write the seed files, or compare them; return the exit code."""
    parser = argparse.ArgumentParser(
        description="Generate the made-up demonstration data."
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; fail when the files differ from what would be written",
    )
    files = generate_files()
    if parser.parse_args().check:
        different = find_differences(files, DEFAULT_OUTPUT_DIR)
        if different:
            print(
                f"Not as generated: {', '.join(different)} in {DEFAULT_OUTPUT_DIR}. "
                "Run tools/generate_demonstration_seeds.py and look at the diff.",
                file=sys.stderr,
            )
            return 1
        print(f"{len(files)} files in {DEFAULT_OUTPUT_DIR} are as generated.")
        return 0
    for name, content in files.items():
        (DEFAULT_OUTPUT_DIR / name).write_bytes(content)
    print(f"Wrote {', '.join(files)} to {DEFAULT_OUTPUT_DIR}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
