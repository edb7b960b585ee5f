"""Build and publish, and end with a status that a scheduler can act on.

What ``make build`` runs. ``python -m segmentation.build [OPTION...]`` takes the
options of ``dbt build``; its exit statuses are 0 (published), 1 (a model, a test or
the publication failed), 2 (refused: settings, seeds, raw tables or options), 3 (the
build database is busy) and 4 (green, but partial: not published). Whatever it is but
0, the last publication is as it was. See `segmentation.build_outcome` for the file
that says more.
"""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from dbt.cli.main import dbtRunner

from segmentation.build_database import BuildDatabaseBusyError
from segmentation.build_outcome import (
    EXIT_STATUSES,
    SUMMARY_NAME,
    read_outcome,
    write_outcome,
)
from segmentation.build_summary import summarise
from segmentation.errors import SegmentationError

BUILD_DIR = Path("build")


def build(options: list[str]) -> int:
    """Run ``dbt build`` and record how it ended; return the exit status."""
    (BUILD_DIR / SUMMARY_NAME).unlink(missing_ok=True)
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    run = dbtRunner().invoke(["build", "--profiles-dir", ".", *options])
    outcome = read_outcome(BUILD_DIR)
    if outcome is None:
        error = _own_error(run.exception)
        write_outcome(
            BUILD_DIR,
            status="busy" if isinstance(error, BuildDatabaseBusyError) else "refused",
            message=getattr(error, "msg", str(error)),
            started_at=started_at,
        )
        outcome = read_outcome(BUILD_DIR)
    if outcome["status"] == "published":
        print(summarise(Path(os.environ.get("PUBLISH_DIR", "published"))))
    return EXIT_STATUSES[outcome["status"]]


def _own_error(error: BaseException | None) -> BaseException | None:
    """Find this project's error where dbt has wrapped it into one of its own."""
    inner = error
    while inner is not None and not isinstance(inner, SegmentationError):
        inner = inner.__cause__ or inner.__context__
    return inner or error


if __name__ == "__main__":
    sys.exit(build(sys.argv[1:]))
