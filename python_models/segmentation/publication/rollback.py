"""Put an earlier publication back in place: what `make rollback` does."""

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

from duckdb import Error as DuckDBError

from segmentation.errors import SegmentationError
from segmentation.publication.publication_folder import (
    changing,
    keep_current,
    list_kept,
    put_back,
    read_row,
    settle,
)


def roll_back(publish_dir: Path, *, number: int | None = None) -> str:
    """Put a kept database in place and render its files; the one before stays kept.

    The next build goes on from it, and what it was rolled back from is forgotten when
    that build publishes. Without a number it is the one before, or the newest if the
    database that is there cannot be read. The answer says what is in place now, and
    what else there is.

    Raises
    ------
    SegmentationError
        If there is no such publication, or it cannot be put in place; what was in place
        stays.
    """
    if not publish_dir.is_dir():
        raise SegmentationError(
            f"There is no folder {publish_dir}/: set PUBLISH_DIR to the one to roll"
            " back."
        )
    try:
        with changing(publish_dir) as folder:
            return _put_back(publish_dir, folder, number=number)
    except (OSError, DuckDBError) as error:
        with suppress(SegmentationError):
            settle(publish_dir)
        raise SegmentationError(
            f"No other publication could be put in place in {publish_dir}/ ({error})."
            " What was there is as it was: mend the cause, such as a full disk or a"
            " folder that cannot be written, and try again."
        ) from error


def _put_back(publish_dir: Path, folder: Path, *, number: int | None) -> str:
    current = keep_current(publish_dir, folder)
    kept = list_kept(publish_dir)
    if number is None:
        # One that cannot be read is nothing to go back to.
        number = max((n for n in kept if current is None or n < current), default=None)
    if number not in kept:
        which = "before this one" if number is None else number
        raise SegmentationError(
            f"No publication {which} is kept in {publish_dir}/.{_listed(kept, current)}"
        )
    put_back(publish_dir, folder, kept[number])
    return f"Publication {number} is in place in {publish_dir}/.{_listed(kept, number)}"


def _listed(kept: dict[int, Path], current: int | None) -> str:
    lines = []
    for number, path in kept.items():
        row = read_row(path) or {}
        segmentations = {}
        # What is broken is listed too.
        with suppress(TypeError, ValueError):
            segmentations = json.loads(row.get("segmentations", ""))
        lines.append(
            f"\n  {number}: {row.get('published_at', 'unknown time')} UTC"
            + "".join(
                f", {name} fit {entry['fit_id']} of {entry['member_count']} members"
                for name, entry in segmentations.items()
            )
            + (" (in place)" if number == current else "")
        )
    return "".join(["\nKept are:", *lines]) if lines else " Nothing is kept there."


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("publish_dir", type=Path)
    parser.add_argument("number", type=int, nargs="?")
    arguments = parser.parse_args()
    try:
        print(roll_back(arguments.publish_dir, number=arguments.number))
    except SegmentationError as error:
        sys.exit(error.msg)
