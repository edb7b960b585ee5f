"""The published file, opened to be read, and opened anew when it is another one."""

import re
import threading
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from segmentation.publication.memory import DATABASE_NAME
from segmentation.publication.scoring import Scoring
from segmentation.sql_text import fetch_dicts, text


class UnavailableError(Exception):
    """There is nothing to answer from just now; the message says why."""


class Publication:
    """One published file; any number of threads may read it.

    A build puts a new file in the place of this one, which goes on to exist for whoever
    has it open. It is closed with the last reference: when a later one is open, and no
    request is at work on it.
    """

    def __init__(self, path: Path):
        # Attached to a database of its own: a second connection to the path would be
        # given what is open already. Requests run side by side, each on one thread.
        self._database = duckdb.connect(config={"memory_limit": "1GB", "threads": 1})
        self._database.execute(f"attach {text(str(path))} as published (read_only)")

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Give a request its own cursor; it is to be closed."""
        cursor = self._database.cursor()
        cursor.execute("use published")
        return cursor

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """Run a query with values for its places; give the rows by column name."""
        cursor = self.cursor()
        try:
            return fetch_dicts(cursor.execute(query, values))
        finally:
            cursor.close()

    @cached_property
    def sectors(self) -> dict[str, set[str]]:
        """The categories that each sector stands for, by its key.

        A sector is a category or a family of categories, which all belong to it.
        """
        sectors: dict[str, set[str]] = {}
        for row in self.rows(
            "select distinct category_name, category_group from enterprise_segments"
            " where category_name is not null"
        ):
            # A family that is a category as well stands for all of its categories.
            for name in filter(None, row.values()):
                sectors.setdefault(text_key(name), set()).add(row["category_name"])
        return sectors

    @cached_property
    def levels(self) -> dict[tuple[str, str, str], str]:
        """The spelling of each level of a feature by segmentation, feature and key."""
        rows = self.rows(
            "select segmentation, feature_name, feature_level from cluster_features"
            " where feature_level is not null order by all"
        )
        return {
            (segmentation, name, text_key(level)): level
            for segmentation, name, level in (row.values() for row in rows)
        }

    @cached_property
    def scoring(self) -> Scoring:
        """What scores somebody who is not in the data.

        Raises
        ------
        UnavailableError
            If the publication was made before it was kept.
        """
        try:
            return Scoring(self.rows("from scoring_steps order by position"))
        except duckdb.CatalogException:
            raise UnavailableError(
                "The publication has nothing to score by: publish once more, on DuckDB."
            ) from None


class Publications:
    """Gives the publication that is in place."""

    def __init__(self, publish_dir: Path):
        self._path = publish_dir / DATABASE_NAME
        self._lock = threading.Lock()
        self._identity: tuple[int, ...] | None = None
        self._current: Publication | None = None

    def current(self) -> Publication:
        """Give the publication in place, opened once.

        Raises
        ------
        UnavailableError
            If there is none, or it cannot be read.
        """
        with self._lock:
            try:
                file = self._path.stat()
                identity = (file.st_ino, file.st_size, file.st_mtime_ns)
                if identity != self._identity or self._current is None:
                    self._current = Publication(self._path)
                    self._identity = identity
            except OSError:
                raise UnavailableError(
                    "Nothing is published yet: run make build, and ask again."
                ) from None
            except duckdb.Error:
                raise UnavailableError(
                    "The published file cannot be read: it is open for writing in"
                    " another program, or damaged."
                ) from None
            return self._current


def text_key(name: str) -> str:
    """Write what spellings share: lower case, no accents, words apart by spaces."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("&", " et "))
    for ligature, letters in {"œ": "oe", "æ": "ae"}.items():
        plain = plain.replace(ligature, letters)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain))
