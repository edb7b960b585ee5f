"""Check the raw data before a build, and end with a status for a scheduler.

What ``make check-data`` runs. ``python -m segmentation.data_check [OPTION...]`` takes
the options of ``dbt run``, ``--vars`` above all; it reads and cleans the raw tables as
a build does and publishes nothing. Its exit statuses are 0 (ready), 1 (a build is
possible, and something is beyond a threshold of the seed ``data_check_rules``), 2 (no
build is possible: too few active enterprises, or refused settings, seeds or raw tables)
and 3 (the build database is busy). The file that says more is
described in `segmentation.builds.data_check_report`.
"""

import sys

from dbt.cli.main import dbtRunner, dbtRunnerResult

from segmentation.build_folder import BUILD_DIR, prepare_start
from segmentation.builds.build_database import BuildDatabaseBusyError
from segmentation.builds.build_outcome import (
    describe_error,
    is_said,
    with_causes,
    with_shortage,
)
from segmentation.builds.data_check_report import (
    EXIT_STATUSES,
    REPORT_NAME,
    write_data_check,
)
from segmentation.builds.interruption import interruptible
from segmentation.builds.progress import Progress, told
from segmentation.builds.records import take_record
from segmentation.builds.requirements import check_given_variables
from segmentation.errors import SegmentationError


def check_data(options: list[str]) -> int:
    """Read, clean and judge the raw data, print the report, return the status."""
    take_record(REPORT_NAME)
    try:
        prepare_start(REPORT_NAME)
        check_given_variables(options)
    except SegmentationError as error:
        print(error.msg)
        # Where an earlier check has left its own, it would be taken for this one's.
        if (BUILD_DIR / REPORT_NAME).exists():
            write_data_check(BUILD_DIR, status="cannot_build", message=error.msg)
        return EXIT_STATUSES["cannot_build"]
    print("Checking the raw data; nothing is published.", flush=True)
    progress = Progress({})
    runner = dbtRunner(callbacks=[progress])
    # Not `dbt build`, which speaks for the last build in build_summary.json.
    with told(progress), interruptible():
        for command in ("seed", "run"):
            selection = ["--select", "+int_raw_data_checked"]
            run = runner.invoke(
                ["--quiet", command, "--profiles-dir", ".", *selection, *options]
            )
            if not run.success:
                break
    with interruptible(unless=lambda: True):
        return _end(run)


def _end(run: dbtRunnerResult) -> int:
    """Print the report or record why there is none; return the exit status."""
    check = take_record(REPORT_NAME)
    if check is None:
        status, message = _refusal(run)
        write_data_check(BUILD_DIR, status=status, message=message)
        if not is_said(message):
            print(f"\n{message}")
        return EXIT_STATUSES[status]
    print(check["report"])
    return check["exit_status"]


def _refusal(run: dbtRunnerResult) -> tuple[str, str]:
    """Say why there is no report."""
    if run.exception is not None:
        errors = with_causes(run.exception)
        is_busy = any(isinstance(error, BuildDatabaseBusyError) for error in errors)
        return "busy" if is_busy else "cannot_build", describe_error(run.exception)
    messages = [
        result.message for result in run.result if result.status in ("error", "fail")
    ]
    message = " ".join(messages)
    return "cannot_build", with_shortage(message, causes=message)


if __name__ == "__main__":
    sys.exit(check_data(sys.argv[1:]))
