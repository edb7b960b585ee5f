"""The folder that is published into: one publication in place, others kept.

A publication is its database; the files beside it are rendered from it. All that is
new is written in a hidden folder first, which is what a full disk stops. Then that
folder is renamed, and its files are put in place one by one, the database last. A
process killed between these renames leaves the renamed folder behind; whoever comes
next finds it and renders the files of the database that is in place again.

``kept/<number>.duckdb`` are copies of the databases that are or were in place. The one
that is in place is the one whose row of the table ``publication`` is the same.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
from dbt.adapters.events.logging import AdapterLogger

from segmentation.errors import SegmentationError
from segmentation.publication.memory import DATABASE_NAME, SCHEMA_VERSION
from segmentation.reporting.exports import write_exports
from segmentation.reporting.page import write_page
from segmentation.sql_text import fetch_dicts, quoted

KEPT = "kept"
# The publication that is in place and so many before it.
PREVIOUS_COUNT = 3
UNFINISHED = ".unfinished"
REPLACING = ".replacing"
_COPY = "copy"
# What is kept and rendered, and what a publication may call its files: names that are
# put in a folder of others are nobody else's, and lead nowhere else.
_KEPT_NAME = re.compile(r"[0-9]{6,}\.duckdb")
_FILE_NAME = re.compile(
    r"segments\.html|(charts|exports|exports/audiences/(meta|google))/[^/.][^/]*"
)
# Writing the files of a million enterprises takes a few minutes on a slow machine.
LONGEST_WAIT_SECONDS = 900
_ASK_AGAIN_SECONDS = 0.2
_logger = AdapterLogger("Segmentation")


@contextmanager
def changing(publish_dir: Path) -> Iterator[Path]:
    """Provide an empty hidden folder once no other process changes the publication.

    What a killed process has left half done is put right before; nothing of the
    hidden folder stays behind.

    Raises
    ------
    SegmentationError
        If another process is at it for longer than publishing can take.
    """
    descriptor = os.open(publish_dir, os.O_RDONLY)
    try:
        _wait_for_lock(descriptor, publish_dir=publish_dir)
        if (publish_dir / REPLACING).exists():
            with _hidden_folder(publish_dir) as folder:
                _render_again(publish_dir, folder)
        with _hidden_folder(publish_dir) as folder:
            yield folder
    finally:
        os.close(descriptor)


@contextmanager
def _hidden_folder(publish_dir: Path) -> Iterator[Path]:
    folder = publish_dir / UNFINISHED
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        # Gone already if all went well; else it would keep the space of a full disk.
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_lock(descriptor: int, *, publish_dir: Path) -> None:
    """Wait for the lock of the folder, which is released when a process dies."""
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


def settle(publish_dir: Path) -> None:
    """Put right what a killed process left half done, if one did.

    Raises
    ------
    SegmentationError
        If the files cannot be rendered; whoever comes next tries again.
    """
    if not (publish_dir / REPLACING).exists():
        return
    try:
        # Where it is that of a living process, this waits until it has finished.
        with changing(publish_dir):
            pass
    except (OSError, duckdb.Error) as error:
        raise SegmentationError(
            f"A killed build or rollback has left files in {publish_dir}/ that do not"
            f" belong to its database, and they cannot be put right ({error}): mend the"
            " cause, such as a full disk, and try again."
        ) from error


def _render_again(publish_dir: Path, folder: Path) -> None:
    """Give the database that is in place its files back."""
    row = read_current(publish_dir, folder)
    if row and row.get("schema_version") == SCHEMA_VERSION:
        # The renamed folder stays until all is right, for whoever comes after a kill.
        shutil.copyfile(publish_dir / DATABASE_NAME, folder / DATABASE_NAME)
        render_files(folder)
        # The one in place stays the same file: a build may have begun from it.
        (folder / DATABASE_NAME).unlink()
        put_in_place(publish_dir, folder)
    else:
        # Nothing to render from: the next publication brings its own files.
        shutil.rmtree(publish_dir / REPLACING)


def render_files(folder: Path) -> dict[str, str]:
    """Write every published file beside a finished database, from nothing but it.

    The answer is the sha256 of each, in hexadecimal, by its path in the folder.

    Raises
    ------
    SegmentationError
        If a chart of the database is called what is no name of a file.
    """
    for name in ("charts", "exports"):
        (folder / name).mkdir()
    with duckdb.connect(str(folder / DATABASE_NAME), read_only=True) as published:
        ((language,),) = published.sql("select language from publication").fetchall()
        charts = published.sql(
            "select if(segmentation = 'visibility', '', segmentation || '_')"
            " || chart_name, png from charts"
        ).fetchall()
        for name, png in charts:
            if not _FILE_NAME.fullmatch(f"charts/{name}"):
                raise SegmentationError(
                    f"A chart of the publication is called {name!r}, which is no name"
                    " of a file: go back to another one with make rollback, and rename"
                    " that chart."
                )
            (folder / "charts" / f"{name}.png").write_bytes(png)
        write_exports(published, folder / "exports", language=language)
        write_page(published, folder / "segments.html", language=language)
    digests = {}
    for name in set(_files_in(folder)) - {DATABASE_NAME}:
        with (folder / name).open("rb") as file:
            digests[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


def replace_publication(publish_dir: Path, folder: Path) -> dict[str, Any]:
    """Put a finished database and its files in place; give its row `publication`.

    What it makes dead is forgotten: what was rolled back from, the same publication
    made before, and what lies further back than is kept.

    Raises
    ------
    OSError
        If it cannot be written; what was in place stays.
    """
    row = read_row(folder / DATABASE_NAME)
    before = keep_current(publish_dir, folder)
    shutil.copyfile(folder / DATABASE_NAME, folder / _COPY)
    others = list_kept(publish_dir)
    put_in_place(publish_dir, folder)
    # Where somebody has taken the database away, nothing was rolled back from.
    dead = [] if before is None else [other for other in others if other > before]
    if before is not None and read_row(others[before]) == row:
        dead.append(before)
    older = [other for other in others if other not in dead]
    for other in [*dead, *older[:-PREVIOUS_COUNT]]:
        others[other].unlink()
    return row


def put_back(publish_dir: Path, folder: Path, kept: Path) -> None:
    """Put a kept database in place with its files.

    Raises
    ------
    SegmentationError
        If it is not whole, or its tables are of another version; what was in place
        stays.
    """
    another = "name another one, as in make rollback TO=1."
    row = read_whole(kept)
    if row is None:
        raise SegmentationError(
            f"The kept publication {kept} is not whole, and what is in place stays:"
            f" {another}"
        )
    if row.get("schema_version") != SCHEMA_VERSION:
        raise SegmentationError(
            f"The kept publication {kept} has the tables of another version of this"
            f" project ({row.get('schema_version')}, and this one renders version"
            f" {SCHEMA_VERSION}): go back with that version, or {another}"
        )
    shutil.copyfile(kept, folder / DATABASE_NAME)
    rendered = render_files(folder)
    published = json.loads(row["files"])
    # Page and exports are as this version of the project writes them, pictures as the
    # database holds them.
    for name, digest in rendered.items():
        if name.startswith("charts/") and published.get(name) != digest:
            raise SegmentationError(
                f"The kept publication {kept} does not hold {name} as it was published,"
                f" and what is in place stays: {another}"
            )
    put_in_place(publish_dir, folder)


def put_in_place(publish_dir: Path, folder: Path) -> None:
    """Rename everything in the hidden folder to where it belongs, the database last.

    A copy of the database that is there is kept.

    Raises
    ------
    OSError
        If a file cannot be renamed; `settle` puts that right.
    """
    new = _files_in(folder)
    _make_durable((*folder.rglob("*"), folder))
    gone = _files_known(publish_dir) - set(new)
    replacing = publish_dir / REPLACING
    source = folder if replacing.exists() else folder.rename(replacing)
    # Readers that ask for the database last find everything else there.
    for name in sorted(new, key=lambda name: (name == DATABASE_NAME, name)):
        (publish_dir / name).parent.mkdir(parents=True, exist_ok=True)
        if name == DATABASE_NAME:
            # A reader that wrote to the old file may have left its log behind:
            # replayed on the new file it would break it.
            (publish_dir / f"{name}.wal").unlink(missing_ok=True)
        os.replace(source / name, publish_dir / name)
    for name in gone:
        (publish_dir / name).unlink(missing_ok=True)
        # Folders that have become empty go with their last file.
        with suppress(OSError):
            os.removedirs((publish_dir / name).parent)
    if (source / _COPY).exists():
        _keep(source / _COPY, publish_dir=publish_dir)
    _make_durable({(publish_dir / name).parent for name in new})
    shutil.rmtree(replacing)


def keep_current(publish_dir: Path, folder: Path) -> int | None:
    """Give the number of the publication in place, which is kept if it was not yet.

    One that was put there by hand, or published before publications were kept, is
    copied. None where nothing is in place, or nothing that can be read.
    """
    row = read_current(publish_dir, folder)
    if row is None:
        return None
    kept = list_kept(publish_dir).items()
    matching = [number for number, path in kept if read_row(path) == row]
    if matching:
        return matching[-1]
    shutil.copyfile(publish_dir / DATABASE_NAME, folder / _COPY)
    _make_durable([folder / _COPY])
    return _keep(folder / _COPY, publish_dir=publish_dir)


def list_kept(publish_dir: Path) -> dict[int, Path]:
    """List the kept databases by number, the oldest first."""
    paths = (publish_dir / KEPT).glob("*.duckdb")
    return dict(sorted((int(p.stem), p) for p in paths if _KEPT_NAME.fullmatch(p.name)))


def read_current(publish_dir: Path, folder: Path) -> dict[str, Any] | None:
    """Read the row of the table ``publication`` of the database in place.

    From a copy in the hidden folder: a BI tool may hold the file open for writing.
    """
    try:
        shutil.copyfile(publish_dir / DATABASE_NAME, folder / _COPY)
    except FileNotFoundError:
        return None
    row = read_row(folder / _COPY)
    (folder / _COPY).unlink()
    return row


def read_row(database: Path) -> dict[str, Any] | None:
    """Read the row of the table ``publication``; None if the file cannot be read."""
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            return fetch_dicts(connection.execute("from publication"))[0]
    except (duckdb.Error, IndexError):
        return None


def read_whole(database: Path) -> dict[str, Any] | None:
    """Read the row of the table ``publication``; None unless all can be read.

    DuckDB compares the checksum of each block with its content when it is read, so all
    are, and each table has the rows that were published.
    """
    row = read_row(database)
    try:
        with duckdb.connect(str(database), read_only=True) as connection:
            for table, published_count in json.loads(row["tables"]).items():
                ((_, row_count),) = connection.execute(
                    f"select max(hash(read)), count(*) from {quoted(table)} as read"
                ).fetchall()
                if row_count != published_count:
                    return None
    except (duckdb.Error, TypeError, ValueError, KeyError, AttributeError):
        return None
    return row


def _keep(finished: Path, *, publish_dir: Path) -> int:
    """Keep a finished copy, which is whole or not there; give its number."""
    number = max(list_kept(publish_dir), default=0) + 1
    target = publish_dir / KEPT / f"{number:06d}.duckdb"
    # Whoever may read the publication need not read those before it.
    target.parent.mkdir(mode=0o700, exist_ok=True)
    os.replace(finished, target)
    _make_durable([target.parent])
    return number


def _files_in(folder: Path) -> list[str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [p.relative_to(folder).as_posix() for p in files if p != folder / _COPY]


def _files_known(publish_dir: Path) -> set[str]:
    """List the files of the kept publications and of a killed one, nobody else's."""
    names: set[str] = set()
    killed = publish_dir / REPLACING / DATABASE_NAME
    for path in (*list_kept(publish_dir).values(), killed):
        with suppress(TypeError, ValueError, KeyError):
            names.update(json.loads(read_row(path)["files"]))
    return {name for name in names if _FILE_NAME.fullmatch(str(name))}


def _make_durable(paths: Iterable[Path]) -> None:
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
