"""Say how a build ended, for the program that started it.

``build_summary.json`` lies beside the build database and tells of the last build that
came to its end. ``python -m segmentation.build`` removes it before it begins.

==================  ============================================================
``schema_version``  version of this file, 1
``status``          published; not_published (green, but partial or empty); failed (a
                    model, a test or the publication, or interrupted); refused
                    (settings, seeds, raw tables or options, before anything was
                    built); busy (another process had the build database open)
``exit_status``     the exit status of ``python -m segmentation.build``
``message``         one sentence or paragraph for people
``started_at``      when the run began and ended, UTC, ISO format
``finished_at``
``invocation_id``   dbt's name of the run, null when it did not begin
``result_counts``   number of models, seeds and tests by dbt's status
``problems``        what failed, warned or was skipped: node, status, message
``publication``     the row of the table ``publication``, with ``tables`` and ``files``
                    as objects; null unless this build published
``segments``        key, name and number of enterprises of each cluster's segment, as
                    in ``cluster_profiles``
``changes``         number of changes of segment by cause, in this build
``rejected_rows``   number of raw rows and values that were not used
==================  ============================================================
"""

import json
import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dbt.adapters.events.logging import AdapterLogger
from duckdb import DuckDBPyConnection

from segmentation.builds.build_database import folder_of
from segmentation.errors import SegmentationError
from segmentation.publication.publishing import publish

SUMMARY_NAME = "build_summary.json"
EXIT_STATUSES = {
    "published": 0,
    "failed": 1,
    "refused": 2,
    "busy": 3,
    "not_published": 4,
}
_SCHEMA_VERSION = 1
_logger = AdapterLogger("Segmentation")
_UNEVENTFUL = ("success", "pass", "no-op")


def finish_build(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    command: str,
    results: list[dict[str, str]],
    started_at: str,
    invocation_id: str,
    relations: Mapping[str, str],
    published_at: str,
    **arguments: Any,
) -> str:
    """Publish what a run has built, if it may be, and record how it ended.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database.
    publish_dir, command, relations, published_at, **arguments
        As of `publish`.
    results : list of dict
        ``node``, ``status`` and ``message`` of everything that ran.
    started_at : str
        When the run began, UTC, ISO format.
    invocation_id : str
        dbt's name of the run.

    Returns
    -------
    str
        One sentence: what was published, or why nothing was.

    Raises
    ------
    SegmentationError
        If it could not be published.
    """
    outcome: dict[str, Any] = {
        "status": "not_published",
        "started_at": started_at,
        "invocation_id": invocation_id,
        "result_counts": dict(
            sorted(Counter(result["status"] for result in results).items())
        ),
        "problems": [
            result for result in results if result["status"] not in _UNEVENTFUL
        ],
    }
    try:
        message, publication = publish(
            cursor,
            publish_dir=publish_dir,
            command=command,
            results=[[result["node"], result["status"]] for result in results],
            relations=relations,
            published_at=published_at,
            **arguments,
        )
    except SegmentationError as error:
        outcome |= {"status": "failed", "message": error.msg}
        raise
    else:
        outcome["message"] = message
        if publication:
            outcome |= {
                "status": "published",
                "publication": publication
                | {name: json.loads(publication[name]) for name in ("tables", "files")},
                **_describe_marts(cursor, relations, published_at=published_at),
            }
        elif any(result["status"] in ("error", "fail") for result in results):
            outcome["status"] = "failed"
        return message
    finally:
        # Other commands do not speak for the last build.
        if command == "build":
            write_outcome(folder_of(cursor), **outcome)


def write_outcome(
    folder: Path, *, status: str, message: str, **facts: Any
) -> dict[str, Any]:
    """Write ``build_summary.json`` into the folder of the build database.

    Where it cannot be written, on a full disk, the log says so: how the build ended
    matters more.
    """
    outcome = {
        "schema_version": _SCHEMA_VERSION,
        "status": status,
        "exit_status": EXIT_STATUSES[status],
        "message": message,
        "started_at": None,
        "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "invocation_id": None,
        "result_counts": {},
        "problems": [],
        "publication": None,
        "segments": [],
        "changes": {},
        "rejected_rows": None,
    } | facts
    text = json.dumps(outcome, default=str, ensure_ascii=False, indent=2) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = folder / f".{SUMMARY_NAME}"
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, folder / SUMMARY_NAME)
    except OSError as error:
        _logger.info(f"{folder / SUMMARY_NAME} could not be written ({error}).")
    return json.loads(text)


def read_outcome(folder: Path) -> dict[str, Any] | None:
    """Read how the last build ended; None if none has said so."""
    try:
        return json.loads((folder / SUMMARY_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _describe_marts(
    cursor: DuckDBPyConnection, relations: Mapping[str, str], *, published_at: str
) -> dict[str, Any]:
    segments = cursor.sql(
        "select segment_key, segment_name, enterprise_count"
        f" from {relations['cluster_profiles']} order by segment_key"
    ).fetchall()
    changes = cursor.execute(
        f"select cause, count(*) from {relations['segment_changes']}"
        " where changed_at = cast(? as timestamp) group by cause order by cause",
        [published_at],
    ).fetchall()
    ((rejected_rows,),) = cursor.sql(
        f"select count(*) from {relations['rejected_rows']}"
    ).fetchall()
    return {
        "segments": [
            {"segment_key": key, "segment_name": name, "enterprise_count": count}
            for key, name, count in segments
        ],
        "changes": dict(changes),
        "rejected_rows": rejected_rows,
    }
