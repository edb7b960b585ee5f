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
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from segmentation.build_folder import folder_of
from segmentation.builds.build_database import MEMORY_LIMIT
from segmentation.builds.interruption import interruptible
from segmentation.builds.records import write_record
from segmentation.errors import SegmentationError
from segmentation.publication.memory import identify_publication
from segmentation.publication.publication_folder import REPLACING
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
_INTERRUPTED = "It was interrupted. The last publication is as it was."
_UNEVENTFUL = ("success", "pass", "no-op")
_LIMITED = "MEMORY_LIMIT is too low"
_BEYOND_LIMIT = "Out of Memory Error"
# What programs say of a machine that is too small, which no source or model caused. A
# full disk first: it keeps DuckDB from writing what the memory cannot hold.
_SHORTAGES = {
    "A disk is full: make room for build/, for PUBLISH_DIR and for temporary files, see"
    " docs/operations.md.": (
        *("No space left on device", "Disk quota exceeded", "File too large"),
        *("max_temp_directory_size", "failed to offload"),
    ),
    "There is too little memory: give the build 2 GB, see docs/operations.md.": (
        *(_BEYOND_LIMIT, "MemoryError", "Unable to allocate"),
        *("Cannot allocate memory", "can't start new thread", "bad allocation"),
    ),
}


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

    def cannot_be_undone() -> bool:
        is_other = identify_publication(publish_dir) != arguments["remembered_file"]
        return is_other or (publish_dir / REPLACING).exists()

    counts = Counter(result["status"] for result in results)
    outcome: dict[str, Any] = {
        "status": "not_published",
        "started_at": started_at,
        "invocation_id": invocation_id,
        "result_counts": dict(sorted(counts.items())),
        "problems": [r for r in results if r["status"] not in _UNEVENTFUL],
    }
    try:
        with interruptible(unless=cannot_be_undone):
            message, publication = publish(
                cursor,
                publish_dir=publish_dir,
                command=command,
                results=[[result["node"], result["status"]] for result in results],
                **arguments,
            )
    except BaseException as error:
        outcome |= {"status": "failed", "message": describe_error(error)}
        raise
    else:
        broken = [line for result in results for line in result["broken_lines"]]
        causes = "\n".join(r["message"] for r in results if r["status"] == "error")
        message = "\n  ".join([message, *broken])
        message = outcome["message"] = with_shortage(message, causes=causes)
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


def describe_error(error: BaseException) -> str:
    """Say in a sentence what ended a command."""
    errors = list(with_causes(error))
    if is_interruption(error):
        return _INTERRUPTED
    own = next((e for e in errors if isinstance(e, SegmentationError)), error)
    causes = "\n".join(f"{type(e).__name__}: {e}" for e in errors)
    # Where the machine was too small, what was being read or written is not to blame.
    root = str(errors[-1]).split("\n")[0]
    shortage = with_shortage(root, causes=causes)
    if shortage == root:
        return getattr(own, "msg", str(own))
    return f"{shortage}. The last publication is as it was."


def is_said(message: str) -> bool:
    """Tell whether dbt ends with the message, as it does with errors."""
    return not message.startswith((_INTERRUPTED, _LIMITED, *_SHORTAGES))


def is_interruption(error: BaseException | None) -> bool:
    """Tell whether somebody ended the command: then dbt-duckdb trips itself, too."""
    return any(isinstance(e, KeyboardInterrupt) for e in with_causes(error))


def with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Go from an error of dbt's to what it has wrapped."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def with_shortage(message: str, *, causes: str) -> str:
    """Put before a message that memory or disk was too small, if that was the cause."""
    for sentence, signs in _SHORTAGES.items():
        if any(sign in causes for sign in signs):
            if _BEYOND_LIMIT in signs and _BEYOND_LIMIT in causes:
                limit = os.environ.get("MEMORY_LIMIT") or MEMORY_LIMIT
                sentence = (
                    f"{_LIMITED}: DuckDB needs more than {limit}. Raise it, see"
                    " docs/operations.md."
                )
            return f"{sentence} {message}"
    return message


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
