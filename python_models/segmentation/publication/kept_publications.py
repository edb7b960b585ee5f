"""The publications that are kept, and how one of them is put in place.

Each is a folder of its own, ``kept/<number>``, complete with its database, its files
and ``publication.json``, the row of its table ``publication``. It gets its name by one
rename, so it is whole or not there. Putting it in place copies every file beside its
target first, which is what a full disk stops, and then renames one after the other,
the database last. A process killed between these renames leaves a marker; whoever
comes next finds it and puts the files of the database that is there back in place.
"""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.events.logging import AdapterLogger

from segmentation.errors import SegmentationError
from segmentation.publication.memory import DATABASE_NAME

KEPT = "kept"
# The publication that is in place and so many before it.
PREVIOUS_COUNT = 3
DESCRIPTION_NAME = "publication.json"
_UNFINISHED = ".unfinished"
_DISCARDED = ".discarded"
_ADOPTED = ".adopted"
_REPLACING = ".replacing"
_COPY_SUFFIX = ".copy"
_READ_SUFFIX = ".read"
# Writing the files of a million enterprises takes a few minutes on a slow machine.
LONGEST_WAIT_SECONDS = 900
_ASK_AGAIN_SECONDS = 0.2
_logger = AdapterLogger("Segmentation")


@contextmanager
def alone_in(publish_dir: Path) -> Iterator[None]:
    """Wait until no other process changes the folder; released when one dies.

    Raises
    ------
    SegmentationError
        If another one is at it for longer than publishing can take.
    """
    descriptor = os.open(publish_dir, os.O_RDONLY)
    try:
        _wait_for_lock(descriptor, publish_dir=publish_dir)
        yield
    finally:
        os.close(descriptor)


def _wait_for_lock(descriptor: int, *, publish_dir: Path) -> None:
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    is_told = False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise SegmentationError(
                    f"Another build or rollback has been changing {publish_dir}/ for"
                    f" {LONGEST_WAIT_SECONDS} seconds: see whether it has been stopped,"
                    " end it, and try again."
                ) from None
        if not is_told:
            _logger.info(f"Waiting for another process that changes {publish_dir}/.")
            is_told = True
        time.sleep(_ASK_AGAIN_SECONDS)


@contextmanager
def unfinished_folder(publish_dir: Path) -> Iterator[Path]:
    """Provide an empty folder to write a publication in; nothing of it stays behind."""
    folder = publish_dir / _UNFINISHED
    _clear_leftovers(publish_dir)
    folder.mkdir()
    try:
        yield folder
    finally:
        # Gone already if all went well; else it would keep the space of a full disk.
        shutil.rmtree(folder, ignore_errors=True)


def replace_publication(
    unfinished: Path, *, publication: dict[str, Any], publish_dir: Path
) -> None:
    """Put a finished publication in the place of the one that is there.

    What it makes dead is forgotten: what was rolled back from, the same publication
    made before, and what lies further back than is kept.

    Parameters
    ----------
    unfinished : pathlib.Path
        The folder that it was written in.
    publication : dict
        The row of its table ``publication``.
    publish_dir : pathlib.Path
        Where it is published.

    Raises
    ------
    OSError
        If it cannot be copied; what was in place stays.
    """
    (unfinished / DESCRIPTION_NAME).write_text(_as_json(publication), encoding="utf-8")
    before = find_current(publish_dir)
    if before is None and (publish_dir / DATABASE_NAME).exists():
        before = keep_what_is_there(publish_dir)
    kept = _number(unfinished, publish_dir=publish_dir)
    try:
        put_in_place(kept, publish_dir=publish_dir)
    except OSError:
        _discard(kept, publish_dir=publish_dir)
        raise
    _forget_what_is_dead(publish_dir, before=before, current=kept)


def put_in_place(
    folder: Path, *, publish_dir: Path, with_database: bool = True
) -> None:
    """Make a kept publication the one that everybody reads.

    Raises
    ------
    OSError
        If it cannot be copied; what was in place stays.
    """
    names = [
        name
        for name in _files_of(folder)
        if name != DESCRIPTION_NAME and (with_database or name != DATABASE_NAME)
    ]
    # Readers that ask for the database last find everything else there.
    names.sort(key=lambda name: (name == DATABASE_NAME, name))
    copies = {name: _copy_of(publish_dir / name) for name in names}
    try:
        for name, copy in copies.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, copy)
            _flush(copy)
        (publish_dir / _REPLACING).touch()
        for name, copy in copies.items():
            if name == DATABASE_NAME:
                # A reader that wrote to the old file may have left its log behind:
                # replayed on the new file it would break it.
                (publish_dir / f"{name}.wal").unlink(missing_ok=True)
            os.replace(copy, publish_dir / name)
    finally:
        for copy in copies.values():
            copy.unlink(missing_ok=True)
    _remove_files_of_others(folder, publish_dir=publish_dir)
    for changed in {(publish_dir / name).parent for name in names}:
        _flush(changed)
    (publish_dir / _REPLACING).unlink()


def settle(publish_dir: Path) -> None:
    """Finish what a killed process left half done, if one did.

    The database decides: the files beside it become those that belong to it.

    Raises
    ------
    SegmentationError
        If they cannot be copied; whoever comes next tries again.
    """
    if not (publish_dir / _REPLACING).exists():
        return
    try:
        with alone_in(publish_dir):
            # Not that of a living process: it has finished now.
            if not (publish_dir / _REPLACING).exists():
                return
            current = find_current(publish_dir)
            if current is not None:
                put_in_place(current, publish_dir=publish_dir, with_database=False)
            (publish_dir / _REPLACING).unlink(missing_ok=True)
    except OSError as error:
        raise SegmentationError(
            f"A killed build or rollback has left files in {publish_dir}/ that do not"
            f" belong to its database, and they cannot be put right ({error}): mend the"
            " cause, such as a full disk, and try again."
        ) from error


def keep_what_is_there(publish_dir: Path) -> Path:
    """Keep a publication of before publications were kept, or put there by hand."""
    publication = read_publication(publish_dir / DATABASE_NAME)
    names = [DATABASE_NAME, *json.loads(publication.get("files") or "{}")]
    adopted = publish_dir / _ADOPTED
    # What a killed process left behind.
    shutil.rmtree(adopted, ignore_errors=True)
    adopted.mkdir()
    try:
        for name in names:
            with suppress(FileNotFoundError):
                (adopted / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(publish_dir / name, adopted / name)
        (adopted / DESCRIPTION_NAME).write_text(_as_json(publication), encoding="utf-8")
        return _number(adopted, publish_dir=publish_dir)
    finally:
        shutil.rmtree(adopted, ignore_errors=True)


def list_kept(publish_dir: Path) -> list[Path]:
    """List the folders of the kept publications, the oldest first."""
    return sorted(
        (path for path in (publish_dir / KEPT).glob("[0-9]*") if path.name.isdigit()),
        key=number_of,
    )


def number_of(folder: Path) -> int:
    """Tell the number of a kept publication."""
    return int(folder.name)


def find_current(publish_dir: Path) -> Path | None:
    """Find the folder of the publication that is in place.

    None if it is not kept or cannot be read: it is none of those that are kept then.
    """
    database = publish_dir / DATABASE_NAME
    if not database.exists():
        return None
    try:
        publication = json.loads(_as_json(read_publication(database)))
    except duckdb.Error:
        return None
    matching = [
        folder
        for folder in list_kept(publish_dir)
        if read_description(folder) == publication
    ]
    return matching[-1] if matching else None


def read_publication(database: Path) -> dict[str, Any]:
    """Read the row of the table ``publication`` of a published file.

    From a copy: a BI tool that holds the file open for writing does not matter.
    """
    copy = database.with_name(f".{database.name}{_READ_SUFFIX}")
    try:
        shutil.copyfile(database, copy)
        with duckdb.connect(str(copy), read_only=True) as connection:
            relation = connection.sql("select * from publication")
            return dict(zip(relation.columns, relation.fetchall()[0], strict=True))
    finally:
        copy.unlink(missing_ok=True)


def read_description(folder: Path) -> dict[str, Any]:
    """Read what a kept publication says of itself; empty if it says nothing."""
    try:
        return json.loads((folder / DESCRIPTION_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _number(finished: Path, *, publish_dir: Path) -> Path:
    """Give a finished folder the next number, whole or not at all."""
    _flush_tree(finished)
    last = max(map(number_of, list_kept(publish_dir)), default=0)
    folder = publish_dir / KEPT / f"{last + 1:06d}"
    folder.parent.mkdir(exist_ok=True)
    os.replace(finished, folder)
    _flush(folder.parent)
    return folder


def _forget_what_is_dead(
    publish_dir: Path, *, before: Path | None, current: Path
) -> None:
    others = [folder for folder in list_kept(publish_dir) if folder != current]
    if before is None:
        # Somebody has taken the database away: nothing was rolled back from.
        dead = []
    else:
        dead = [folder for folder in others if number_of(folder) > number_of(before)]
        if read_description(before) == read_description(current):
            dead.append(before)
    older = [folder for folder in others if folder not in dead]
    for folder in [*dead, *older[:-PREVIOUS_COUNT]]:
        _discard(folder, publish_dir=publish_dir)


def _clear_leftovers(publish_dir: Path) -> None:
    """Delete what a killed process left behind."""
    for name in (_UNFINISHED, _DISCARDED, _ADOPTED):
        shutil.rmtree(publish_dir / name, ignore_errors=True)
    for pattern in (f".*{_COPY_SUFFIX}", f"*/.*{_COPY_SUFFIX}", f".*{_READ_SUFFIX}"):
        for leftover in publish_dir.glob(pattern):
            leftover.unlink()


def _discard(folder: Path, *, publish_dir: Path) -> None:
    """Delete a kept publication; it is gone before the first of its files is."""
    discarded = publish_dir / _DISCARDED
    shutil.rmtree(discarded, ignore_errors=True)
    os.replace(folder, discarded)
    shutil.rmtree(discarded)


def _remove_files_of_others(folder: Path, *, publish_dir: Path) -> None:
    """Remove published files that this publication lacks, and nobody else's."""
    own = set(_files_of(folder))
    for other in list_kept(publish_dir):
        for name in set(_files_of(other)) - own:
            (publish_dir / name).unlink(missing_ok=True)


def _files_of(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    )


def _copy_of(target: Path) -> Path:
    return target.with_name(f".{target.name}{_COPY_SUFFIX}")


def _as_json(publication: dict[str, Any]) -> str:
    return json.dumps(publication, default=str, ensure_ascii=False, indent=2) + "\n"


def _flush_tree(folder: Path) -> None:
    for path in (*folder.rglob("*"), folder):
        _flush(path)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
