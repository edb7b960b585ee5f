"""Put an earlier publication back in place: what `make rollback` does."""

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

from duckdb import Error as DuckDBError

from segmentation.errors import SegmentationError
from segmentation.publication.kept_publications import (
    alone_in,
    find_current,
    keep_what_is_there,
    list_kept,
    number_of,
    put_in_place,
    read_description,
    settle,
)
from segmentation.publication.memory import DATABASE_NAME


def roll_back(publish_dir: Path, *, number: int | None = None) -> str:
    """Put a kept publication in place; the one that was there stays kept.

    The next build goes on from it. What it was rolled back from is forgotten when
    that build publishes.

    Parameters
    ----------
    publish_dir : pathlib.Path
        Where the publication is kept.
    number : int, optional
        Number of the publication; by default that of the one before, or of the newest
        if the database that is there cannot be read.

    Returns
    -------
    str
        What is in place now, and what else there is.

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
    settle(publish_dir)
    try:
        return _put_back(publish_dir, number=number)
    except OSError as error:
        with suppress(SegmentationError):
            settle(publish_dir)
        raise SegmentationError(
            f"No other publication could be put in place in {publish_dir}/ ({error})."
            " What was there is as it was: mend the cause, such as a full disk or a"
            " folder that cannot be written, and try again."
        ) from error


def _put_back(publish_dir: Path, *, number: int | None) -> str:
    with alone_in(publish_dir):
        current = find_current(publish_dir)
        if current is None and (publish_dir / DATABASE_NAME).exists():
            # One that cannot be read is nothing to go back to.
            with suppress(DuckDBError):
                current = keep_what_is_there(publish_dir)
        kept = {number_of(folder): folder for folder in list_kept(publish_dir)}
        if number is None:
            earlier = [n for n in kept if current is None or n < number_of(current)]
            if not earlier:
                raise SegmentationError(
                    f"No publication before this one is kept in {publish_dir}/."
                    f"{_listed(kept, current)}"
                )
            number = max(earlier)
        if number not in kept:
            raise SegmentationError(
                f"No publication {number} is kept in {publish_dir}/."
                f"{_listed(kept, current)}"
            )
        _check_whole(kept[number])
        put_in_place(kept[number], publish_dir=publish_dir)
        return (
            f"Publication {number} is in place in {publish_dir}/."
            f"{_listed(kept, kept[number])}"
        )


def _check_whole(folder: Path) -> None:
    description = read_description(folder)
    listed = json.loads(description.get("files") or "{}")
    missing = [name for name in listed if not (folder / name).is_file()]
    if not description or missing:
        raise SegmentationError(
            f"The kept publication {folder} is not whole"
            f" ({missing[0] if missing else 'it has no description'}): name another"
            " one, as in make rollback TO=1."
        )


def _listed(kept: dict[int, Path], current: Path | None) -> str:
    lines = []
    for number, folder in kept.items():
        publication = read_description(folder)
        lines.append(
            f"\n  {number}: {publication.get('published_at', 'unknown time')} UTC,"
            f" fit {publication.get('fit_id')},"
            f" {publication.get('enterprise_count')} enterprises"
            + (" (in place)" if folder == current else "")
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
