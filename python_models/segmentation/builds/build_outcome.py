"""Say how a build ended, for the program that started it.

``build_summary.json`` lies beside the build database and tells of the last build that
came to its end. ``python -m segmentation.build`` removes it before it begins.

==================  ============================================================
``schema_version``  version of this file, 2
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
``problems``        what failed, warned or was skipped: node, status, message, and
                    broken_lines, the first lines of a seed that a test complains of
``publication``     the row of the table ``publication``, with its JSON columns as
                    objects; null unless this build published
``segments``        segmentation, key, name and number of members, by the model, of each
                    cluster's segment
``changes``         changes of segment in this build, by segmentation and cause
``rejected_rows``   number of raw rows and values that were not used
==================  ============================================================
"""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from segmentation.build_folder import folder_of
from segmentation.builds.records import write_record
from segmentation.publication.publishing import publish
from segmentation.sql_text import fetch_dicts

SUMMARY_NAME = "build_summary.json"
EXIT_STATUSES = {
    "published": 0,
    "failed": 1,
    "refused": 2,
    "busy": 3,
    "not_published": 4,
}
_SCHEMA_VERSION = 2
_UNEVENTFUL = ("success", "pass", "no-op")


def finish_build(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    command: str,
    results: list[dict[str, Any]],
    started_at: str,
    invocation_id: str,
    **arguments: Any,
) -> str:
    """Publish what a run has built, if it may be, and record how it ended.

    The results have ``node``, ``status``, ``message`` and ``broken_lines`` of
    everything that ran. Returns one sentence: what was published, or why nothing was.
    """
    counts = Counter(result["status"] for result in results)
    outcome: dict[str, Any] = {
        "status": "not_published",
        "started_at": started_at,
        "invocation_id": invocation_id,
        "result_counts": dict(sorted(counts.items())),
        "problems": [r for r in results if r["status"] not in _UNEVENTFUL],
    }
    try:
        message, publication = publish(
            cursor,
            publish_dir=publish_dir,
            command=command,
            results=[[result["node"], result["status"]] for result in results],
            **arguments,
        )
    except Exception as error:
        outcome |= {"status": "failed", "message": getattr(error, "msg", str(error))}
        raise
    else:
        broken = [line for result in results for line in result["broken_lines"]]
        message = outcome["message"] = "\n  ".join([message, *broken])
        if publication:
            relations = {mart["name"]: mart["relation"] for mart in arguments["marts"]}
            outcome |= _describe_marts(cursor, relations, publication)
            outcome["status"] = "published"
            outcome["publication"] = publication | {
                name: json.loads(publication[name])
                for name in ("segmentations", "tables", "files")
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
    """Write ``build_summary.json`` into the folder of the build database."""
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
    return write_record(folder, SUMMARY_NAME, outcome)


def _describe_marts(
    cursor: DuckDBPyConnection, relations: dict[str, str], publication: dict[str, Any]
) -> dict[str, Any]:
    segments = cursor.execute(
        f"select segmentation, segment_key, segment_name_{publication['language']}"
        " as segment_name, model_member_count as member_count"
        f" from {relations['segment_overview']}"
        " where cluster_id is not null order by segmentation, segment_key"
    )
    described: dict[str, Any] = {"segments": fetch_dicts(segments), "changes": {}}
    changes = cursor.execute(
        f"select segmentation, cause, count(*) from {relations['segment_changes']}"
        " where changed_at = ? group by segmentation, cause order by all",
        [publication["published_at"]],
    ).fetchall()
    for segmentation, cause, count in changes:
        described["changes"].setdefault(segmentation, {})[cause] = count
    rejected = cursor.execute(f"select count(*) from {relations['rejected_rows']}")
    return described | {"rejected_rows": rejected.fetchall()[0][0]}
