"""Find the files of each raw table in a folder, by one rule and without guessing."""

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from segmentation.errors import SegmentationError

SUFFIXES = (".csv", ".parquet")
# What a system or a spreadsheet leaves in a folder beside the files: hidden files,
# LibreOffice's .~lock.x.csv#, Excel's ~$x.csv.
LEFTOVERS = (".", "~$")
PART = re.compile(r"[_-](part[_-]?)?\d+([_.-]?\d+)*")
LONGEST_LIST = 10


@dataclass(frozen=True)
class RawFiles:
    """The sorted files of each raw table, and names of what is not read."""

    of_table: dict[str, tuple[Path, ...]]
    not_read: tuple[str, ...]


def find_raw_files(
    folder: Path, *, tables: Collection[str], optional: Collection[str]
) -> RawFiles:
    """Find the CSV and Parquet files of each raw table.

    A table is one file (``turnover.csv``), or files with a number or date behind its
    name (``turnover_2023.csv``, ``turnover_part-1.parquet``), or a folder of its name
    (``turnover``, or ``turnover.csv`` as Spark writes it) with files of any names in
    it; never two of these. Several files are parts of one table: all their rows count.
    Upper and lower case are the same. An optional table may have no file.
    """
    if not folder.is_dir():
        raise SegmentationError(
            f"RAW_DATA_DIR is {str(folder)!r}, which is not a folder: set it to the"
            f" folder that holds {', '.join(f'{name}.csv' for name in tables)}."
        )
    present = _list(folder)
    of_table = {
        table: _files_of(
            table, folder=folder, present=present, is_optional=table in optional
        )
        for table in tables
    }
    read = {path for files in of_table.values() for path in files}
    read |= {path.parent for path in read}
    return RawFiles(
        of_table=of_table,
        not_read=tuple(path.name for path in present if path not in read),
    )


def listed(names: Sequence[str]) -> str:
    """Write names one after the other, the first ten of them."""
    more = len(names) - LONGEST_LIST
    end = f" and {more} more" if more > 0 else ""
    return ", ".join(names[:LONGEST_LIST]) + end


def _list(folder: Path) -> list[Path]:
    try:
        paths = sorted(
            path for path in folder.iterdir() if not path.name.startswith(LEFTOVERS)
        )
        for path in paths:
            path.name.encode()
        return paths
    except UnicodeEncodeError:
        raise SegmentationError(
            f"The name {path.name.encode(errors='replace').decode()!r} in {folder} is"
            " not in UTF-8: rename that file."
        ) from None
    except OSError as error:
        raise SegmentationError(
            f"The folder {folder} cannot be read ({error.strerror}): allow it to"
            " whoever builds."
        ) from error


def _files_of(
    table: str, *, folder: Path, present: list[Path], is_optional: bool
) -> tuple[Path, ...]:
    whole, parts, folders = [], [], []
    for path in present:
        stem = path.stem.lower()
        if path.is_dir():
            if stem == table and path.suffix.lower() in ("", *SUFFIXES):
                folders.append(path)
        elif path.suffix.lower() not in SUFFIXES or not stem.startswith(table):
            continue
        elif stem == table:
            whole.append(path)
        elif PART.fullmatch(stem.removeprefix(table)):
            parts.append(path)
        else:
            raise SegmentationError(
                f"{path} may or may not belong to the raw table {table}: move it"
                f" elsewhere, or, if it is a part of the table, name it"
                f" {table}_1{path.suffix.lower()} (any number or date)."
            )
    if max(len(whole), len(folders), sum(map(bool, (whole, parts, folders)))) > 1:
        names = [path.name for path in (*whole, *parts, *folders)]
        raise SegmentationError(
            f"The raw table {table} is in {folder} more than once ({listed(names)}):"
            " leave the one that is to be read and move the others elsewhere."
        )
    files = _list_table_folder(folders[0], table) if folders else whole + parts
    if not files:
        names = [path.name for path in present]
        stems = [path.stem.lower() for path in present]
        # What is misspelt, or of another format, is not absent.
        if is_optional and not difflib.get_close_matches(table, stems, cutoff=0.9):
            return ()
        raise SegmentationError(
            f"The raw table {table} has no file {folder / f'{table}.csv'} (nor"
            f" .parquet): export it under this name. The folder holds"
            f" {listed(names) or 'nothing'}."
        )
    seen: dict[str, Path] = {}
    for path in files:
        other = seen.setdefault(path.stem.lower(), path)
        if other is not path:
            raise SegmentationError(
                f"{other} and {path.name} have one name and would both be read: move"
                " the one that is not needed elsewhere."
            )
    return tuple(files)


def _list_table_folder(folder: Path, table: str) -> list[Path]:
    """List a table's own folder, where every file must be of the table."""
    files = [path for path in _list(folder) if not path.name.startswith("_")]
    for path in files:
        if path.is_dir() or path.suffix.lower() not in SUFFIXES:
            raise SegmentationError(
                f"{path} is no CSV or Parquet file, and every file of {folder} is read"
                f" as a part of the raw table {table}: save it as CSV, or"
                " move it elsewhere."
            )
    if not files:
        raise SegmentationError(
            f"The folder {folder} holds no CSV or Parquet file: export the raw table"
            f" {table} into it, or delete the folder."
        )
    return files
