"""What a build requires of its variables and of the feature table."""

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from duckdb import DuckDBPyConnection

from segmentation.build_folder import check_writable
from segmentation.errors import SegmentationError, close_name
from segmentation.learning import sampling
from segmentation.learning.settings import (
    FitSettings,
    check_stored_settings,
    of_segmentation,
    read_clock,
    read_value,
    read_variables,
)
from segmentation.publication.memory import DATABASE_NAME
from segmentation.raw.csv_headers import check_header, read_header
from segmentation.raw.postgres_connection import check_connection_variables
from segmentation.sql_text import quoted

RAW_SOURCES = ("seeds", "files", "postgres")
LANGUAGES = ("fr", "en")
ADDED_UP = ("social_accounts", "turnover")
# What an entry of `segmentations` may say beside the common variables.
NEEDED_ENTRIES = ("features", "key", "members", "numeric_features", "measures")
ENTRIES = (
    *NEEDED_ENTRIES,
    *("categorical_features", "log1p_features", "unscaled_features"),
    *("categorical_weight", "drops_constants", "sets_giants_apart", "robust_recipe"),
    *("identified_by", "dimensions", "presence_flags", "data_measures", "as_of"),
    *("level_names", "left_out_without", "history", "score_grid"),
)
_Names = tuple[str, ...]
_KINDS = {
    "segmentations": dict,
    "unnamed_segment": dict,
    "unknown_texts": _Names,
    "added_up": _Names,
    "confirm_size": bool,
    "carry_counts_days": float,
    "rest_days_after": dict,
    "minimum_actions": int,
    "minimum_cell_count": int,
    "notable_growth_share": float,
}
_ENTRY_KINDS = dict.fromkeys(
    ("measures", "dimensions", "presence_flags", "data_measures", "score_grid"), _Names
)


def check_given_variables(options: list[str]) -> None:
    """Refuse variables on the command line of which dbt speaks in terms of its own."""
    given: dict[str, Any] = {}
    for option, following in zip(options, [*options, ""][1:], strict=True):
        name, _, value = option.partition("=")
        if name == "--vars":
            with suppress(yaml.YAMLError, TypeError):
                given = {**yaml.safe_load(value or following)}
    # What is no YAML, dbt says itself.
    with suppress(OSError, yaml.YAMLError):
        check_variables(_read_defaults(), given=given)


def check_variables(defaults: dict[str, Any], *, given: dict[str, Any]) -> None:
    """Refuse variables that are not there or of another type than models expect."""
    for variable in given:
        # A misspelt one would be ignored, and its default published instead.
        if variable not in defaults:
            remedy = close_name(variable, defaults)
            if variable in ENTRIES:
                remedy = "set it in an entry of segmentations. "
            raise SegmentationError(
                f"There is no variable {variable!r}: {remedy}The variables are"
                f" {', '.join(defaults)}."
            )
    variables = defaults | given
    for name, kind in _KINDS.items():
        if name in variables:
            read_value(name, variables[name], kind)
    for name in variables.get("added_up", []):
        if name not in ADDED_UP:
            raise SegmentationError(
                f"The variable added_up names {name!r}: {close_name(name, ADDED_UP)}It"
                f" may name {' and '.join(ADDED_UP)}."
            )
    for segmentation, entry in variables.get("segmentations", {}).items():
        with of_segmentation(segmentation):
            read_value("segmentations", entry, dict)
            for name, kind in _ENTRY_KINDS.items():
                read_value(name, entry.get(name, []), kind)


def _read_defaults() -> dict[str, Any]:
    return yaml.safe_load(Path("dbt_project.yml").read_text(encoding="utf-8"))["vars"]


def check_settings(
    _cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    segmentations: dict[str, dict[str, Any]],
    models: list[str],
    published_settings: dict[str, str],
    raw_source: str,
    raw_data_dir: str,
    language: str,
    unnamed_segment: dict[str, str],
    as_of: str,
    data_set: str,
    published_data_set: str | None,
    published_at: datetime | None,
    given_variables: dict[str, Any],
    is_to_publish: bool = False,
) -> None:
    """Refuse variables that no build can honour, before anything is built."""
    common = _read_defaults()
    check_variables(common, given=given_variables)
    clock = read_clock(as_of)
    for name, variables in segmentations.items():
        _check_entry(name, variables, known=[*ENTRIES, *common], models=models)
        stored = published_settings.get(name)
        read = read_variables(name, variables)
        with of_segmentation(name):
            check_stored_settings(
                read.settings,
                refit=read.refit,
                stored=FitSettings.from_json(stored) if stored else None,
            )
    if is_to_publish:
        check_writable(publish_dir, remedy="set PUBLISH_DIR to one that can be")
    for variable, value, choices in (
        ("raw_source", raw_source, RAW_SOURCES),
        ("language", language, LANGUAGES),
    ):
        if value not in choices:
            raise SegmentationError(
                f"The variable {variable} is {value!r}: use one of"
                f" {', '.join(choices)}."
            )
    if raw_source == "files" and not raw_data_dir:
        raise SegmentationError(
            "raw_source is 'files', but the environment variable RAW_DATA_DIR is not"
            " set: set it to the folder that holds enterprises.csv,"
            " social_accounts.csv and turnover.csv (or .parquet)."
        )
    if raw_source == "postgres":
        # Before they are named as the data set.
        check_connection_variables()
    for known in LANGUAGES:
        if known not in unnamed_segment:
            raise SegmentationError(
                "The variable unnamed_segment has no name for the language"
                f" {known!r}: add it to {unnamed_segment}."
            )
    if published_data_set not in (None, data_set):
        raise SegmentationError(
            f"The publication in {publish_dir}/ belongs to the data set"
            f" {published_data_set!r}, and this build reads {data_set!r}: its segments"
            " and history would be mixed. Set PUBLISH_DIR to another folder, or, if it"
            " is the same data from a new place, the variable data_set to"
            f" {published_data_set!r}."
        )
    if published_at is not None and clock < published_at:
        raise SegmentationError(
            f"The publication in {publish_dir}/ is of {published_at}, later than this"
            f" build's clock, {as_of}: its history would run backwards. Set the"
            " variable as_of to a later time, or PUBLISH_DIR to another folder."
        )


def check_publish_dir(publish_dir: Path, *, working_dir: Path) -> None:
    """Refuse a place where nothing can or should be published."""
    what = None
    try:
        # Of a network that is gone, a loop of links or too long a name this fails.
        publish_dir.lstat()
        if not publish_dir.is_dir():
            what = "leads nowhere" if publish_dir.is_symlink() else "is a file"
        elif (publish_dir / DATABASE_NAME).is_file():
            (publish_dir / DATABASE_NAME).open("rb").close()
    except FileNotFoundError:
        pass
    except (OSError, RuntimeError) as error:
        raise SegmentationError(
            f"PUBLISH_DIR is {str(publish_dir)[:200]!r}, which cannot be reached or"
            f" read ({getattr(error, 'strerror', None) or error}): see to it, or name"
            " another folder."
        ) from error
    if what:
        raise SegmentationError(
            f"PUBLISH_DIR is {str(publish_dir)!r}, which {what}: name a folder."
        )
    if publish_dir.resolve() in (working_dir.resolve(), Path.cwd()):
        raise SegmentationError(
            f"PUBLISH_DIR is {str(publish_dir)!r}, the folder of the project or of its"
            " build database: name a folder of its own, such as published."
        )


def _check_entry(
    name: str, variables: dict[str, Any], *, known: list[str], models: list[str]
) -> None:
    """Refuse an entry of `segmentations` that names what is not there."""
    if not re.fullmatch("[a-z][a-z0-9_]*", name):
        raise SegmentationError(
            f"The segmentation {name!r} is named in models and tables: use small"
            " letters, digits and underscores only."
        )
    with of_segmentation(name):
        for needed in NEEDED_ENTRIES:
            if not variables.get(needed):
                raise SegmentationError(
                    f"Its entry has no {needed}: add it, as 'visibility' has it."
                )
        for entry in variables:
            if entry not in known:
                raise SegmentationError(
                    f"Its entry has the unknown {entry!r}: {close_name(entry, known)}It"
                    f" may have {', '.join(ENTRIES)}, and the common variables."
                )
        strangers = sorted({*variables["identified_by"]} - {*variables["measures"]})
        if strangers or not variables["identified_by"]:
            raise SegmentationError(
                "identified_by must name some of its measures, and names"
                f" {', '.join(strangers) or 'none'}."
            )
        # The others are read by models: without them dbt finds no node of that name.
        if variables["members"] not in models:
            raise SegmentationError(
                f"There is no model {variables['members']!r}: add it, as"
                " docs/segmentations.md describes, or correct the entry."
            )


def check_seeds(
    _cursor: DuckDBPyConnection, *, publish_dir: Path, seeds: list[dict[str, Any]]
) -> None:
    """Refuse seed files that dbt would load wrongly or stumble over.

    dbt loads a file with another delimiter as one column and says OK, and stops at an
    empty or a Latin-1 file without naming it. Seeds have a ``path`` and ``columns``.
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
    raw_rows: str | None,
    segmentation: str,
    variables: dict[str, Any],
    is_empty_run: bool,
) -> None:
    """Refuse a feature table that the fit of a segmentation cannot use.

    A model that is kept whatever happens scores as few members as there are. Without a
    member a segmentation is left out where `raw_rows`, the table that it may be left
    out without, has none either.
    """
    read = read_variables(segmentation, variables)
    settings, key = read.settings, variables["key"]
    table = cursor.sql(f"select * from {features}")
    with of_segmentation(segmentation):
        for each in read.settings_by_recipe.values():
            sampling.check_columns(
                table, key=key, table=variables["features"], settings=each
            )
        for entry in ("measures", "dimensions", "presence_flags"):
            for column in variables[entry]:
                if column not in table.columns:
                    raise SegmentationError(
                        f"{column!r} in {entry} is not a column of"
                        f" {variables['features']}: {close_name(column, table.columns)}"
                        f"Its columns are {', '.join(table.columns)}."
                    )
        if is_empty_run:
            return
        first = table.project(quoted(key)).limit(settings.n_clusters).fetchall()
        delivered = f"from {raw_rows} limit 1"
        if not first and raw_rows and not cursor.sql(delivered).fetchall():
            return
        if read.refit == "never" and first:
            return
        sampling.check_member_count(len(first), settings=settings)
        different = cursor.sql(
            f"select distinct {_imputed(settings, features)} from {features}"
            f" limit {settings.n_clusters}"
        )
        sampling.check_different_count(len(different.fetchall()), settings=settings)


def _imputed(settings: FitSettings, features: str) -> str:
    """Write the features as the fit will see them: what is unknown is imputed."""
    columns = []
    for name in map(quoted, settings.numeric_features):
        mean = f"(select avg(cast({name} as double)) from {features})"
        columns.append(f"coalesce(cast({name} as double), {mean}, 0)")
    for name in map(quoted, settings.categorical_features):
        columns.append(f"coalesce({name}, (select mode({name}) from {features}))")
    return ", ".join(columns)
