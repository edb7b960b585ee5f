"""Publish the marts of a complete green build, with their charts and exports."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from segmentation.errors import SegmentationError
from segmentation.publication.database_file import write_database
from segmentation.publication.kept_publications import (
    alone_in,
    replace_publication,
    settle,
    unfinished_folder,
)
from segmentation.publication.memory import DATABASE_NAME, identify_publication
from segmentation.publication.published_files import write_files

# An exposure is not run: no-op.
_GREEN = ("success", "pass", "warn", "no-op")


def publish(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    command: str,
    is_empty_run: bool,
    expected_nodes: list[str],
    results: list[list[str]],
    marts: list[dict[str, Any]],
    relations: Mapping[str, str],
    language: str,
    data_set: str,
    raw_source: str,
    published_at: str,
    remembered_file: str,
) -> tuple[str, dict[str, Any] | None]:
    """Publish the marts if the build was complete and green.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database.
    publish_dir : pathlib.Path
        Where the publication is kept.
    command : str
        The dbt command; only ``build`` publishes.
    is_empty_run : bool
        True for ``--empty``, which builds tables without rows.
    expected_nodes : list of str
        Every enabled model, seed, data test and unit test.
    results : list of [str, str]
        Node and status of everything that ran.
    marts : list of dict
        ``relation``, ``name``, ``description``, ``primary_key`` (list of columns)
        and ``columns`` (name to description) of each table to publish.
    relations : mapping of str to str
        Name of each model and seed to the relation that holds it.
    language : {'fr', 'en'}
        Language of what people read.
    data_set, raw_source : str
        What the publication belongs to and where it came from.
    published_at : str
        The build's clock, ISO format.
    remembered_file : str
        Identity of the published file that the build remembers.

    Returns
    -------
    sentence : str
        What was published, or why nothing was.
    publication : dict or None
        The row of the table ``publication``; None if nothing was published.

    Raises
    ------
    SegmentationError
        If a file cannot be written, or another build has put its own there since
        this one began: its part of the history would be lost.
    """
    refusal = _reason_not_to_publish(
        command=command,
        is_empty_run=is_empty_run,
        expected_nodes=expected_nodes,
        results=results,
    )
    if refusal:
        return f"Not published: {refusal}. {publish_dir}/ is as it was.", None
    target = publish_dir / DATABASE_NAME
    try:
        publish_dir.mkdir(parents=True, exist_ok=True)
        with alone_in(publish_dir), unfinished_folder(publish_dir) as unfinished:
            if identify_publication(publish_dir) != remembered_file:
                raise SegmentationError(
                    f"The build passed, but {target} has changed since it began, by"
                    " another build or a rollback, which would be lost. Run dbt build"
                    " again, to go on from it."
                )
            file_digests = write_files(
                cursor, unfinished, relations=relations, language=language
            )
            publication = write_database(
                cursor,
                unfinished / DATABASE_NAME,
                marts=marts,
                data_set=data_set,
                raw_source=raw_source,
                published_at=published_at,
                file_digests=file_digests,
            )
            replace_publication(
                unfinished, publication=publication, publish_dir=publish_dir
            )
    except (OSError, DuckDBError) as error:
        with suppress(SegmentationError):
            settle(publish_dir)
        raise SegmentationError(
            f"The build passed, but {target} could not be written ({error}). The last"
            " publication is as it was: mend the cause, such as a full disk or a wrong"
            " PUBLISH_DIR, then run dbt build again."
        ) from error
    counts = f"{len(marts)} tables and {len(file_digests)} files"
    return f"Published {counts} to {publish_dir}/.", publication


def _reason_not_to_publish(
    *,
    command: str,
    is_empty_run: bool,
    expected_nodes: list[str],
    results: list[list[str]],
) -> str | None:
    if command != "build":
        return f"only a whole 'dbt build' publishes, and this was 'dbt {command}'"
    if is_empty_run:
        return "--empty builds tables without rows"
    failed = sorted(n for n, status in results if status not in (*_GREEN, "skipped"))
    skipped = sorted(n for n, status in results if status == "skipped")
    if failed or skipped:
        first, verb = (failed, "failed") if failed else (skipped, "was skipped")
        more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
        rest = f", {len(skipped)} were skipped" if failed and skipped else ""
        return f"{first[0]}{more} {verb}{rest}"
    missing = sorted(set(expected_nodes) - {node for node, _ in results})
    if missing:
        return (
            f"this build left out {len(missing)} of {len(expected_nodes)} models,"
            f" seeds and tests ({missing[0]} first)"
        )
    return None
