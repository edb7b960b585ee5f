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
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from dbt.cli.main import dbtRunner, dbtRunnerResult

from segmentation.build_folder import BUILD_DIR, prepare_start
from segmentation.builds.build_database import BuildDatabaseBusyError
from segmentation.builds.build_outcome import (
    EXIT_STATUSES,
    SUMMARY_NAME,
    describe_error,
    is_interruption,
    is_said,
    with_causes,
    write_outcome,
)
from segmentation.builds.build_summary import summarise
from segmentation.builds.interruption import interruptible
from segmentation.builds.progress import SECONDS_NAME, Progress, told
from segmentation.builds.records import read_record, take_record, write_record
from segmentation.builds.requirements import check_given_variables
from segmentation.errors import SegmentationError


def build(options: list[str]) -> int:
    """Run ``dbt build`` and record how it ended; return the exit status."""
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    take_record(SUMMARY_NAME)
    try:
        prepare_start(SUMMARY_NAME)
    except SegmentationError as error:
        print(error.msg)
        # Where an earlier build has left its own, it would be taken for this one's.
        if (BUILD_DIR / SUMMARY_NAME).exists():
            write_outcome(BUILD_DIR, status="refused", message=error.msg)
        return EXIT_STATUSES["refused"]
    progress = Progress(read_record(BUILD_DIR, SECONDS_NAME))
    try:
        check_given_variables(options)
    except SegmentationError as error:
        print(error.msg)
        run = dbtRunnerResult(success=False, exception=error)
    else:
        is_quiet = not {"--quiet", "-q"}.isdisjoint(options)
        with nullcontext() if is_quiet else told(progress), interruptible():
            run = dbtRunner(callbacks=[progress]).invoke(
                ["build", "--profiles-dir", ".", *options]
            )
    # The sentence is short, and who is impatient shall not miss it.
    with interruptible(unless=lambda: True):
        status = _end(run, started_at=started_at)
        if status == EXIT_STATUSES["published"]:
            write_record(BUILD_DIR, SECONDS_NAME, progress.seconds)
        return status


def _end(run: dbtRunnerResult, *, started_at: str) -> int:
    """Record and say how a run of dbt's ended; return the exit status."""
    outcome = take_record(SUMMARY_NAME)
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
    elif not is_said(outcome["message"]):
        print(f"\n{outcome['message']}")
    return EXIT_STATUSES[outcome["status"]]


def _unrecorded_end(run: dbtRunnerResult) -> tuple[str, str]:
    """Tell status and message of a run that did not come to the hook at its end."""
    if run.exception is None:
        return "not_published", "Not published: dbt had nothing to build."
    message = describe_error(run.exception)
    if is_interruption(run.exception):
        return "failed", message
    errors = with_causes(run.exception)
    is_busy = any(isinstance(error, BuildDatabaseBusyError) for error in errors)
    return "busy" if is_busy else "refused", message


if __name__ == "__main__":
    sys.exit(build(sys.argv[1:]))
