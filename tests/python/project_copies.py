"""Copies of the checkout for tests and benchmarks, as it is before any build."""

import shutil
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
MADE_BY_BUILDS = {"build", "published", "target", "logs"}
NEVER_COPIED = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache")


def copy_checkout(folder: Path) -> None:
    """Copy the checkout but for what builds make there."""

    def not_copied(place: str, names: list[str]) -> set[str]:
        # models/engine/published is made by no build.
        made = MADE_BY_BUILDS if Path(place) == CHECKOUT else set()
        return NEVER_COPIED(place, names) | made

    shutil.copytree(CHECKOUT, folder, ignore=not_copied)
