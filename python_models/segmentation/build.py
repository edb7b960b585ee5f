"""Build and publish, and end with a status that a scheduler can act on.

What ``make build`` runs. ``python -m segmentation.build [OPTION...]`` takes the
options of ``dbt build``; its exit statuses are 0 (published), 1 (a model, a test or
the publication failed, or the build was interrupted), 2 (refused: settings, seeds,
raw tables or options), 3 (the build database is busy) and 4 (green, but partial: not
published). Whatever it is but 0, the last publication is as it was. See
`segmentation.builds.build_outcome` for the file that says more.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner, dbtRunnerResult

from segmentation.build_folder import BUILD_DIR, prepare_start
from segmentation.builds.build_database import BuildDatabaseBusyError
from segmentation.builds.build_outcome import EXIT_STATUSES, SUMMARY_NAME, write_outcome
from segmentation.builds.build_summary import summarise
from segmentation.builds.records import read_record
from segmentation.errors import SegmentationError


def build(options: list[str]) -> int:
    """Run ``dbt build`` and record how it ended; return the exit status."""
    try:
        prepare_start(SUMMARY_NAME)
    except SegmentationError as error:
        print(error.msg)
        return EXIT_STATUSES["refused"]
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    run = dbtRunner().invoke(["build", "--profiles-dir", ".", *options])
    outcome = read_record(BUILD_DIR, SUMMARY_NAME)
    if outcome is None:
        status, message = _unrecorded_end(run)
        outcome = write_outcome(
            BUILD_DIR, status=status, message=message, started_at=started_at
        )
    if outcome["status"] == "published":
        try:
            print(summarise(Path(os.environ.get("PUBLISH_DIR", "published"))))
        except duckdb.IOException as error:
            # A BI tool may have opened it for writing already.
            print(f"It is published, and cannot be summed up here ({error}).")
    return EXIT_STATUSES[outcome["status"]]


def _unrecorded_end(run: dbtRunnerResult) -> tuple[str, str]:
    """Tell status and message of a run that did not come to the hook at its end."""
    if run.exception is None:
        return "not_published", "Not published: dbt had nothing to build."
    errors = _with_causes(run.exception)
    if any(isinstance(error, KeyboardInterrupt) for error in errors):
        return "failed", "The build was interrupted. The last publication is as it was."
    error = own_error(run.exception)
    status = "busy" if isinstance(error, BuildDatabaseBusyError) else "refused"
    return status, getattr(error, "msg", str(error))


def own_error(error: BaseException) -> BaseException:
    """Find this project's error where dbt has wrapped it into one of its own."""
    own = (e for e in _with_causes(error) if isinstance(e, SegmentationError))
    return next(own, error)


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Go from an error of dbt's to what it has wrapped."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


if __name__ == "__main__":
    sys.exit(build(sys.argv[1:]))
