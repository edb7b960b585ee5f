"""What a build requires of its variables and of the feature table."""

from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from segmentation.csv_headers import check_header, read_header
from segmentation.errors import SegmentationError
from segmentation.fitting import check_enterprise_count
from segmentation.sampling import check_columns
from segmentation.settings import FitSettings

RAW_SOURCES = ("seeds", "files")
LANGUAGES = ("fr", "en")


def check_settings(
    _cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    fit_settings: dict[str, Any],
    raw_source: str,
    raw_data_dir: str,
    language: str,
    identity_distance_limit: Any,
    data_set: str,
    published_data_set: str | None,
) -> None:
    """Refuse variables that no build can honour, before anything is built.

    Raises
    ------
    SegmentationError
        Names the variable, its value and what it may be; or the data set that the
        publication belongs to.
    """
    FitSettings.from_variables(**fit_settings)
    if raw_source not in RAW_SOURCES:
        raise SegmentationError(
            f"The variable raw_source is {raw_source!r}: use one of"
            f" {', '.join(RAW_SOURCES)}."
        )
    if raw_source == "files" and not raw_data_dir:
        raise SegmentationError(
            "raw_source is 'files', but the environment variable RAW_DATA_DIR is not"
            " set: set it to the folder that holds enterprises.csv,"
            " social_accounts.csv and turnover.csv."
        )
    if language not in LANGUAGES:
        raise SegmentationError(
            f"The variable language is {language!r}: use one of {', '.join(LANGUAGES)}."
        )
    try:
        is_distance = float(identity_distance_limit) > 0
    except (TypeError, ValueError):
        is_distance = False
    if not is_distance:
        raise SegmentationError(
            f"The variable identity_distance_limit is {identity_distance_limit!r}:"
            " write a positive number, such as 0.5."
        )
    if published_data_set not in (None, data_set):
        raise SegmentationError(
            f"The publication in {publish_dir}/ belongs to the data set"
            f" {published_data_set!r}, and this build reads {data_set!r}: its segments"
            " and history would be mixed. Set PUBLISH_DIR to another folder, or, if it"
            " is the same data from a new place, the variable data_set to"
            f" {published_data_set!r}."
        )


def check_seeds(
    _cursor: DuckDBPyConnection, *, publish_dir: Path, seeds: list[dict[str, Any]]
) -> None:
    """Refuse seed files that dbt would load wrongly or stumble over.

    dbt loads a file with another delimiter as one column and says OK, and stops at an
    empty or a Latin-1 file without naming it.

    Parameters
    ----------
    seeds : list of dict
        ``path`` and ``columns`` (list of str) of each seed.

    Raises
    ------
    SegmentationError
        Names the file, what is wrong and the remedy.
    """
    for seed in seeds:
        path = Path(seed["path"])
        try:
            path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise SegmentationError(
                f"The seed {path} is not in UTF-8 (line {line}): save it as CSV UTF-8."
            ) from error
        columns, delimiter = read_header(path, expected=seed["columns"])
        check_header(columns, expected=seed["columns"], what=f"The seed {path}")
        if delimiter != ",":
            raise SegmentationError(
                f"The seed {path} is separated by {delimiter!r}: save it as CSV with"
                " commas. Your own exports need not be seeds, see raw_source."
            )


def check_features(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    features: str,
    fit_settings: dict[str, Any],
    is_empty_run: bool,
) -> None:
    """Refuse a feature table that the fit cannot use.

    Raises
    ------
    SegmentationError
        If a feature is not a column of it, or it has fewer enterprises than clusters.
    """
    settings = FitSettings.from_variables(**fit_settings)
    table = cursor.sql(f"select * from {features}")
    check_columns(table, settings=settings)
    if is_empty_run:
        return
    enterprise_count = len(
        table.project("enterprise_id").limit(settings.n_clusters).fetchall()
    )
    check_enterprise_count(enterprise_count, settings=settings)
