"""The checkout for tests and benchmarks, and copies of it before any build."""

import csv
import re
import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# The columns of the raw tables that are read, as the demonstration seeds have them.
RAW_COLUMNS = {
    name: tuple(next(csv.reader([path.open(encoding="utf-8").readline()])))
    for path in sorted((CHECKOUT / "seeds/raw").glob("raw_*.csv"))
    if any(CHECKOUT.glob(f"models/*/base/base_{(name := path.stem[4:])}.sql"))
}
# The entry of the segmentation of accounts, with the comment before it.
PURCHASES = re.compile(
    r"\n    # Accounts by what.*?    purchases:\n.*?(?=\n\n)", re.DOTALL
)
MADE_BY_BUILDS = {"build", "published", "target", "logs"}
NEVER_COPIED = shutil.ignore_patterns(".git", ".venv*", "__pycache__", ".*_cache")


def read_seed(name: str) -> list[dict[str, str]]:
    path = CHECKOUT / "seeds" / "reference" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def copy_checkout(folder: Path) -> None:
    """Copy the checkout but for what builds make there."""

    def not_copied(place: str, names: list[str]) -> set[str]:
        # models/engine/published is made by no build.
        made = MADE_BY_BUILDS if Path(place) == CHECKOUT else set()
        return NEVER_COPIED(place, names) | made

    shutil.copytree(CHECKOUT, folder, ignore=not_copied)


def leave_out_purchases(folder: Path) -> None:
    """Take the entry out: the project then knows the segmentation of clients only."""
    settings = folder / "dbt_project.yml"
    text, count = PURCHASES.subn("", settings.read_text(encoding="utf-8"))
    assert count == 1
    settings.write_text(text, encoding="utf-8")


def leave_out_charts(folder: Path) -> None:
    """Plan no chart: drawing them takes a sixth of a build's time."""
    seed = folder / "seeds/reference/segmentation_charts.csv"
    seed.write_text(seed.read_text("utf-8").split("\n")[0] + "\n", encoding="utf-8")
