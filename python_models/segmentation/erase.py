"""Erase a client from everything that is kept, and say what was done.

What ``make erase ID=...`` runs. ``python -m segmentation.erase ID`` takes the member of
this id, in whatever segmentation, out of the publication in ``PUBLISH_DIR`` and of
those kept, with their history, files and rejected values, and removes all that builds
leave in the project: the build database, its records, dbt's artifacts and the logs. Its
exit statuses are 0 (erased), 1 (a file could not be written: some of it is left), 2
(refused: nothing that is kept knows the id, or a setting is wrong) and 3 (a build has
the build database open).
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from segmentation.build_folder import BUILD_DIR, check_project_folder, written_folders
from segmentation.builds.build_database import (
    BuildDatabaseBusyError,
    read_wait_seconds,
    wait_for_database,
)
from segmentation.errors import SegmentationError
from segmentation.publication.erasing import (
    Member,
    erase_from_publications,
    find_in_publications,
)
from segmentation.publication.memory import DATABASE_NAME
from segmentation.publication.publication_folder import changing

_IT_COMES_BACK = """\
Not touched: the raw data, which are yours: the id comes back with the next build unless
the source drops it. Nor seeds/reference (segment_overrides.csv may name it), backups,
and copies of files elsewhere. Advertising platforms keep what was uploaded: replace the
audience there by its new list. Figures of groups count it until the next build."""


def erase(member_id: str) -> str:
    """Erase a client from everything that is kept; say what was done.

    Raises
    ------
    SegmentationError
        If nothing that is kept knows the id, or a build is running.
    """
    member = Member(member_id.strip())
    if not member.member_id:
        raise SegmentationError("Say whom to erase, as in make erase ID=B04.")
    publish_dir = Path(os.environ.get("PUBLISH_DIR", "published"))
    told = [f"Erased {member.member_id!r}."]
    with _build_database() as connection:
        if publish_dir.is_dir():
            with changing(publish_dir) as folder:
                find_in_publications(publish_dir, folder, member)
                _find_in_build(connection, member)
                told += erase_from_publications(publish_dir, folder, member)
        else:
            _find_in_build(connection, member)
        told += _remove_what_builds_leave(publish_dir)
    return "\n".join([*told, _IT_COMES_BACK])


@contextmanager
def _build_database() -> Iterator[duckdb.DuckDBPyConnection | None]:
    """Hold the build database, if there is one, so that no build writes meanwhile."""
    database = BUILD_DIR / DATABASE_NAME
    if not database.exists():
        yield None
        return
    wait_seconds = read_wait_seconds(os.environ.get("BUILD_WAIT_SECONDS", "60"))
    wait_for_database(database, config={}, wait_seconds=wait_seconds)
    with duckdb.connect(str(database)) as connection:
        yield connection


def _find_in_build(
    connection: duckdb.DuckDBPyConnection | None, member: Member
) -> None:
    if connection:
        member.find(connection, Path(DATABASE_NAME).stem)
    if not member.is_found:
        raise SegmentationError(
            f"Nothing that is kept knows the id {member.member_id!r}: write it as"
            " enterprise_segments, account_segments or rejected_rows has it."
        )


def _remove_what_builds_leave(publish_dir: Path) -> list[str]:
    """Empty the folders of builds, the build database last: it knows whom to erase."""
    told = []
    spared = {
        publish_dir.resolve(),
        Path(os.environ.get("RAW_DATA_DIR", ".")).resolve(),
    }
    for folder in (f for f in reversed(written_folders()) if f.is_dir()):
        if Path.cwd() not in folder.resolve().parents:
            told.append(f"Not touched: {folder}/, outside the project. Look there too.")
            continue
        for path in sorted(folder.iterdir(), key=lambda p: p.name == DATABASE_NAME):
            # A scheduled build that waits for the build database holds a lock.
            if path.suffix == ".lock" or any(
                path.resolve() in (place, *place.parents) for place in spared
            ):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        told.append(
            f"Emptied {folder}/: what a build leaves there, the next makes anew."
        )
    return told


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    tables = "enterprise_segments, account_segments or rejected_rows"
    parser.add_argument("id", help=f"as {tables} has it")
    try:
        check_project_folder()
        print(erase(parser.parse_args().id))
    except SegmentationError as error:
        print(error.msg, file=sys.stderr)
        sys.exit(3 if isinstance(error, BuildDatabaseBusyError) else 2)
    except (OSError, duckdb.Error) as error:
        print(
            f"Not everything could be erased ({error}): mend the cause, such as a full"
            " disk or a folder that cannot be written, and erase again.",
            file=sys.stderr,
        )
        sys.exit(1)
