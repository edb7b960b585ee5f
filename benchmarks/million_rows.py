"""Build a million raw rows with dirt in every column, and account for each of them.

Writes the raw tables of a made-up agency as CSV files, a twentieth of the values of
every column dirty, builds them in a copy of the project and holds the outcome against
what was written: every raw row is used or in ``rejected_rows``, once, and every value
that is used is the one that was meant, however it was written.

Usage::

    python benchmarks/million_rows.py [--rows 1000000]
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

# Lets the script run by its path; pytest knows this folder from pyproject.toml.
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "python"))

from dbt_project import DbtProject
from project_copies import copy_checkout

TABLES = ("enterprises", "social_accounts", "turnover")
# Of a million rows: 40 % enterprises, 45 % accounts, 15 % turnover.
ENTERPRISE_SHARE = 0.4
ACCOUNT_SHARE = 0.45
DIRTY_SHARE = 0.05
CITIES = ("Angers", "Nantes", "Laval", "Le Mans", "Saint-Herblain")
CATEGORIES = ("Sport", "Librairie", "Produits locaux", "Automobile", "Fleuriste")
PLATFORMS = ("facebook", "instagram", "tiktok")
# Dirt of every column: no value at all, one that says nothing, one that is none.
NO_VALUES = ("", "N/A", "Inconnu", "#N/A", " ", "?")
NONSENSE = {
    "created_at": ("2024-02-30", "hier", "31/02/2024", "2042-01-01"),
    "followers": ("12 34", "1,23E+05", "-5", "beaucoup", "12 %"),
    "measured_on": ("2024-02-30", "hier", "12/25/2024", "2042-01-01"),
    "fiscal_year": ("23", "2023-2024", "1850"),
    "turnover_eur": ("12€50", "1,23E+05", "(12)", "environ 12000", "$ 5"),
    "is_active": ("peut-être", "2"),
    "enterprise_id": ("X", "E0"),
    "platform": ("***", "Myspace"),
}


def group(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


# Other ways to write the same value.
VARIANTS = {
    "followers": (
        lambda n: group(int(n), " "),
        lambda n: group(int(n), "\u202f"),
        lambda n: group(int(n), "."),
        lambda n: f"{n}.0",
        lambda n: f"{group(int(n), chr(0xA0))} abonnés",
        lambda n: f"{int(n) / 1000:.3f}k".replace(".", ","),
    ),
    "turnover_eur": (
        lambda n: f"{n} €",
        lambda n: n.replace(".", ","),
        lambda n: f"{float(n):,.2f} €".replace(",", " ").replace(".", ","),
        lambda n: f"€ {float(n):,.2f}",
    ),
    "measured_on": (
        lambda day: f"{day[8:]}/{day[5:7]}/{day[:4]}",
        lambda day: f"{day} 10:20:30",
        lambda day: str((pd.Timestamp(day) - pd.Timestamp("1899-12-30")).days),
    ),
    "fiscal_year": (lambda year: f"{year}.0",),
    "enterprise_id": (lambda key: f" {key}\u00a0",),
    "platform": (str.upper, lambda name: f"{name} "),
}
VARIANTS["created_at"] = VARIANTS["measured_on"]


def make_tables(row_count: int, *, seed: int = 42) -> dict[str, pd.DataFrame]:
    """Return the raw tables as they are meant, with a fixed seed.

    An enterprise has at most one account per platform and one fiscal year, so that a
    used value can be held against what was meant.
    """
    random = np.random.default_rng(seed)

    def days(count: int) -> np.ndarray:
        first = np.datetime64("2020-01-01")
        return (first + random.integers(0, 1826, count)).astype(str)

    count = round(row_count * ENTERPRISE_SHARE)
    numbers = np.arange(count).astype(str)
    ids = np.char.add("E", np.char.zfill(numbers, 7))
    enterprises = {
        "enterprise_id": ids,
        "enterprise_name": np.char.add("Enseigne ", numbers),
        "category_name": random.choice(CATEGORIES, count),
        "city_name": random.choice(CITIES, count),
        "postal_code": random.integers(41000, 49999, count),
        "is_active": random.choice(["oui", "non"], count, p=[0.8, 0.2]),
        "created_at": days(count),
    }
    account_count = round(row_count * ACCOUNT_SHARE)
    accounts = random.choice(count * len(PLATFORMS), account_count, replace=False)
    social_accounts = {
        "enterprise_id": ids[accounts // len(PLATFORMS)],
        "platform": np.array(PLATFORMS)[accounts % len(PLATFORMS)],
        "followers": np.exp(random.normal(5, 1.5, account_count)).astype(int),
        "measured_on": days(account_count),
    }
    turnover_count = row_count - count - account_count
    cents = random.integers(0, 10**8, turnover_count)
    turnover = {
        "enterprise_id": ids[random.choice(count, turnover_count, replace=False)],
        "fiscal_year": random.integers(2019, 2025, turnover_count),
        "turnover_eur": [f"{n // 100}.{n % 100:02}" for n in cents.tolist()],
    }
    tables = (enterprises, social_accounts, turnover)
    return {
        name: pd.DataFrame(table).astype(str)
        for name, table in zip(TABLES, tables, strict=True)
    }


def make_dirty(table: pd.DataFrame, *, seed: int = 43) -> pd.DataFrame:
    """Return the table with a twentieth of the values of each column dirtied.

    A third of them are no value, a third nonsense where the column has some, and the
    others written otherwise. One row in fifty is there twice.
    """
    random = np.random.default_rng(seed)
    copies = table.sample(frac=0.02, random_state=seed).index
    # Copies stand for other rows: the number of rows stays.
    replaced = table.sample(n=len(copies), random_state=seed + 1).index
    dirty = table.copy()
    dirty.loc[replaced] = table.loc[copies].to_numpy()
    for name in dirty.columns:
        chosen = random.choice(
            len(dirty), round(len(dirty) * DIRTY_SHARE), replace=False
        )
        ways = [
            *[lambda _, text=text: text for text in NO_VALUES],
            *[lambda _, text=text: text for text in NONSENSE.get(name, ())],
            *VARIANTS.get(name, (str.upper, lambda text: f"  {text} ")),
        ]
        picked = random.integers(0, len(ways), len(chosen))
        values = dirty[name].to_numpy(copy=True)
        values[chosen] = [
            ways[way](value)
            for way, value in zip(picked.tolist(), values[chosen], strict=True)
        ]
        dirty[name] = values
    return dirty


def account_for(
    project: DbtProject,
    written: dict[str, pd.DataFrame],
    meant: dict[str, pd.DataFrame],
) -> pd.DataFrame:
    """Count raw, used and rejected rows of each table, and what does not add up.

    ``compared_count`` are used values of which it is known what was meant. All to be 0:
    rows neither used nor rejected are lost, those that are so more than once are there
    twice, and compared values that are not what was meant have changed.
    """
    reader = duckdb.connect(str(project.build_database), read_only=True)
    reader.execute(f"attach '{project.published}' as published (read_only)")
    values_of = {
        "enterprises": "used.created_on, cast(meant.created_at as date)",
        "social_accounts": "used.followers, cast(meant.followers as bigint)",
        "turnover": "used.turnover_eur, cast(meant.turnover_eur as decimal(18, 2))",
    }
    also_by = {"social_accounts": " and used.platform = meant.platform"}
    rows = []
    for table in TABLES:
        reader.register("meant", meant[table])
        (figures,) = reader.execute(
            f"""
            with used as (
                select * from intermediate.int_{table}_disposed
                where disposition = 'used'
            ),
            fates as (
                select raw_key from used
                union all
                select raw_key from published.rejected_rows
                where raw_table = '{table}' and is_whole_row
            ),
            compared(used_value, meant_value) as (
                select {values_of[table]}
                from used inner join meant
                    on used.enterprise_id = meant.enterprise_id{also_by.get(table, "")}
            )
            select
                (select count(*) from used),
                (select count(*) from fates) - (select count(*) from used),
                {len(written[table])} - (select count(distinct raw_key) from fates),
                (select count(*) - count(distinct raw_key) from fates),
                (select count(used_value) from compared),
                (select count(*) from compared where used_value <> meant_value)
            """
        ).fetchall()
        rows.append((table, len(written[table]), *figures))
    reader.close()
    names = ["raw_table", "row_count", "used_count", "rejected_count"]
    names += ["lost_count", "twice_count", "compared_count", "changed_count"]
    return pd.DataFrame(rows, columns=names)


def run(row_count: int, folder: Path) -> tuple[pd.DataFrame, float]:
    exports = folder / "export"
    exports.mkdir(parents=True)
    meant = make_tables(row_count)
    written = {name: make_dirty(table) for name, table in meant.items()}
    for name, table in written.items():
        table.to_csv(exports / f"{name}.csv", index=False)
    copy_checkout(folder / "project")
    project = DbtProject(folder / "project", settings={"RAW_DATA_DIR": str(exports)})
    start = time.monotonic()
    project.succeed("build", raw_source="files", evaluate="false")
    return account_for(project, written, meant), time.monotonic() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        account, seconds = run(options.rows, Path(folder))
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(account.to_string(index=False))
    print(f"built in {seconds:.0f} s with at most {gigabytes:.1f} GB")
    wrong = account[["lost_count", "twice_count", "changed_count"]].to_numpy()
    return int(wrong.any())


if __name__ == "__main__":
    sys.exit(main())
