"""What a build requires of its variables and of the feature table."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from duckdb import DuckDBPyConnection

from segmentation.errors import SegmentationError, close_name
from segmentation.evaluation.variables import check_evaluation_variables
from segmentation.learning.fitting import check_different_count, check_enterprise_count
from segmentation.learning.refitting import RefitPolicy, check_stored_settings
from segmentation.learning.sampling import check_columns
from segmentation.learning.settings import FitSettings, read_active_settings
from segmentation.raw.csv_headers import check_header, read_header
from segmentation.raw.postgres_connection import check_connection_variables
from segmentation.sql_text import quoted

RAW_SOURCES = ("seeds", "files", "postgres")
LANGUAGES = ("fr", "en")


def check_settings(
    _cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    fit_variables: str,
    raw_source: str,
    raw_data_dir: str,
    refit_policy: dict[str, Any],
    published_settings: str | None,
    language: str,
    unnamed_segment: dict[str, str],
    identity_distance_limit: Any,
    projection_variance_share: Any,
    evaluation: dict[str, Any],
    as_of: str,
    data_set: str,
    published_data_set: str | None,
    published_at: datetime | None,
    given_variables: list[str],
) -> None:
    """Refuse variables that no build can honour, before anything is built.

    Raises
    ------
    SegmentationError
        Names the variable, its value and what it may be; or what the publication
        that is there says against this build.
    """
    _check_variable_names(given_variables)
    check_stored_settings(
        read_active_settings(fit_variables),
        policy=RefitPolicy.from_variables(**refit_policy),
        stored=FitSettings.from_json(published_settings)
        if published_settings
        else None,
    )
    _check_choice("raw_source", raw_source, RAW_SOURCES)
    if raw_source == "files" and not raw_data_dir:
        raise SegmentationError(
            "raw_source is 'files', but the environment variable RAW_DATA_DIR is not"
            " set: set it to the folder that holds enterprises.csv,"
            " social_accounts.csv and turnover.csv (or .parquet)."
        )
    if raw_source == "postgres":
        # Before they are named as the data set.
        check_connection_variables()
    _check_choice("language", language, LANGUAGES)
    for known_language in LANGUAGES:
        if known_language not in unnamed_segment:
            raise SegmentationError(
                "The variable unnamed_segment has no name for the language"
                f" {known_language!r}: add it to {unnamed_segment}."
            )
    try:
        is_distance = 0 < float(identity_distance_limit) < float("inf")
    except (TypeError, ValueError):
        is_distance = False
    if not is_distance:
        raise SegmentationError(
            f"The variable identity_distance_limit is {identity_distance_limit!r}:"
            " write a positive number, such as 0.5."
        )
    check_evaluation_variables(**evaluation)
    try:
        is_share = 0 < float(projection_variance_share) <= 1
    except (TypeError, ValueError):
        is_share = False
    if not is_share:
        raise SegmentationError(
            f"The variable projection_variance_share is {projection_variance_share!r}:"
            " write a number above 0 and up to 1, such as 0.85."
        )
    try:
        clock = datetime.fromisoformat(as_of)
    except ValueError:
        raise SegmentationError(
            f"The variable as_of is {as_of!r}: write a date or time such as"
            " 2025-06-30 or 2025-06-30 12:00:00."
        ) from None
    if published_data_set not in (None, data_set):
        raise SegmentationError(
            f"The publication in {publish_dir}/ belongs to the data set"
            f" {published_data_set!r}, and this build reads {data_set!r}: its segments"
            " and history would be mixed. Set PUBLISH_DIR to another folder, or, if it"
            " is the same data from a new place, the variable data_set to"
            f" {published_data_set!r}."
        )
    if published_at is not None and clock.replace(tzinfo=None) < published_at:
        raise SegmentationError(
            f"The publication in {publish_dir}/ is of {published_at}, later than this"
            f" build's clock, {as_of}: its history would run backwards. Set the"
            " variable as_of to a later time, or PUBLISH_DIR to another folder."
        )


def check_publish_dir(publish_dir: Path, *, working_dir: Path) -> None:
    """Refuse a place where nothing can or should be published.

    Raises
    ------
    SegmentationError
        If it is a file or the folder of the build database.
    """
    if publish_dir.exists() and not publish_dir.is_dir():
        raise SegmentationError(
            f"PUBLISH_DIR is {str(publish_dir)!r}, which is a file: name a folder."
        )
    if publish_dir.resolve() in (working_dir.resolve(), Path.cwd()):
        raise SegmentationError(
            f"PUBLISH_DIR is {str(publish_dir)!r}, the folder of the project or of its"
            " build database: name a folder of its own, such as published."
        )


def _check_variable_names(given_variables: list[str]) -> None:
    """A misspelt variable would be ignored, and its default published instead."""
    project = yaml.safe_load(Path("dbt_project.yml").read_text(encoding="utf-8"))
    known = project["vars"]
    for name in given_variables:
        if name not in known:
            raise SegmentationError(
                f"There is no variable {name!r}: {close_name(name, known)}They are"
                f" {', '.join(known)}."
            )


def _check_choice(variable: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise SegmentationError(
            f"The variable {variable} is {value!r}: use one of {', '.join(choices)}."
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
        header = read_header(path, expected=seed["columns"])
        check_header(header.columns, expected=seed["columns"], what=f"The seed {path}")
        if header.delimiter != ",":
            raise SegmentationError(
                f"The seed {path} is separated by {header.delimiter!r}: save it as CSV"
                " with commas. Your own exports need not be seeds, see raw_source."
            )
        if header.skipped_lines:
            raise SegmentationError(
                f"The seed {path} does not start with its header: delete the line"
                " before it."
            )


def check_features(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    features: str,
    fit_variables: str,
    refit: str,
    is_empty_run: bool,
) -> None:
    """Refuse a feature table that the model cannot use.

    A model that is kept whatever happens scores as few enterprises as there are.

    Raises
    ------
    SegmentationError
        If a feature is not a column of it, or it has none, or, where a fit may follow,
        fewer enterprises, or fewer different ones, than clusters.
    """
    settings = read_active_settings(fit_variables)
    table = cursor.sql(f"select * from {features}")
    check_columns(table, settings=settings)
    if is_empty_run:
        return
    first = table.project("enterprise_id").limit(settings.n_clusters).fetchall()
    if refit == "never" and first:
        return
    check_enterprise_count(len(first), settings=settings)
    different = cursor.sql(
        f"select distinct {_imputed(settings, features)} from {features}"
        f" limit {settings.n_clusters}"
    )
    check_different_count(len(different.fetchall()), settings=settings)


def _imputed(settings: FitSettings, features: str) -> str:
    """Write the features as the fit will see them: what is unknown is imputed."""
    columns = []
    for name in map(quoted, settings.numeric_features):
        mean = f"(select avg(cast({name} as double)) from {features})"
        columns.append(f"coalesce(cast({name} as double), {mean}, 0)")
    for name in map(quoted, settings.categorical_features):
        columns.append(f"coalesce({name}, (select mode({name}) from {features}))")
    return ", ".join(columns)
