"""Say in plain words what the raw data are like, before anything is fitted on them.

The figures are those of ``int_raw_data_checked``; what is a finding is decided there.
``data_check.json`` lies beside the build database and tells of the last check:

==================  ============================================================
``schema_version``  version of this file, 1
``status``          ready; findings (a build is possible, and something is beyond a
                    threshold of the seed ``data_check_rules``); cannot_build (too few
                    active enterprises, or refused: settings, seeds or raw tables);
                    busy (another process had the build database open)
``exit_status``     the exit status of ``python -m segmentation.data_check``
``message``         one sentence for people
``checked_at``      when the file was written, UTC, ISO format
``data_set``        the data set that was checked, null where it was refused
``findings``        rows of ``int_raw_data_checked`` that are findings, the blocking
                    ones first
``report``          the report for people, null where it was refused
==================  ============================================================
"""

import csv
import difflib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from segmentation.builds.build_database import folder_of
from segmentation.raw.tables import RAW_COLUMNS

REPORT_NAME = "data_check.json"
EXIT_STATUSES = {"ready": 0, "findings": 1, "cannot_build": 2, "busy": 3}
_SCHEMA_VERSION = 1
_NAMES_TABLE = "int_unlisted_names_counted"
_LISTED_NAMES = 20
_EXAMPLES = 3
_LONGEST_EXAMPLE = 40
_BRIEF_FINDINGS = 8
# Of unlisted cities only likely misspellings are told: a city need not be listed.
_COMPARED_CITIES = 500
_CITY_LIKENESS = 0.85
_REJECTIONS = {"row_": "Rows", "value_": "Values"}
# Whose names they are, the seed of other spellings, that of the names themselves, and
# what follows the name there.
_SEEDS = {
    "category": (
        "categories of active enterprises",
        "category_aliases.csv",
        "category_groups.csv",
        ",<its family>,leaf",
    ),
    "platform": (
        "platforms of used accounts",
        "platform_aliases.csv",
        "platforms.csv",
        ",<its name>",
    ),
    "city": (
        "cities of active enterprises, likely misspellings",
        "city_aliases.csv",
        "cities.csv",
        "",
    ),
}


@dataclass(frozen=True)
class Check:
    """A row of ``int_raw_data_checked``, described there."""

    check_name: str
    raw_table: str
    subject: str
    value_type: str | None
    part_count: int
    whole_count: int
    value: float | None
    threshold: float | None
    is_finding: bool
    is_blocking: bool
    meaning: str
    remedy: str


@dataclass(frozen=True)
class UnlistedName:
    """A category, platform or city that no seed lists."""

    kind: str
    name: str
    row_count: int
    # What the seeds list and is most like it; None if nothing is.
    closest: str | None


def report_data_check(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    relations: Mapping[str, str],
    raw_relations: Mapping[str, str],
    data_set: str,
) -> str:
    """Write ``data_check.json``, and give the lines that belong into a build's log.

    Parameters
    ----------
    cursor : duckdb.DuckDBPyConnection
        On the build database, once the cleaning is done.
    relations : mapping of str to str
        Relation of each model and seed, by name.
    raw_relations : mapping of str to str
        Relation of each raw table as delivered, by a key of ``RAW_COLUMNS``.
    data_set : str
        Name of the data set.

    Returns
    -------
    str
        Not more than 15 lines.
    """
    checks = [
        Check(*row)
        for row in cursor.sql(
            f"select {', '.join(Check.__dataclass_fields__)}"
            f" from {relations['int_raw_data_checked']}"
            " order by raw_table, check_name, subject"
        ).fetchall()
    ]
    findings = sorted(
        (check for check in checks if check.is_finding),
        key=lambda check: not check.is_blocking,
    )
    status = "findings" if findings else "ready"
    if any(check.is_blocking for check in findings):
        status = "cannot_build"
    message = _state(status, findings=findings, data_set=data_set)
    write_data_check(
        folder_of(cursor),
        status=status,
        message=message,
        data_set=data_set,
        findings=[asdict(check) for check in findings],
        report=write_report(
            checks,
            findings=findings,
            message=message,
            extra_columns=_read_extra_columns(cursor, raw_relations),
            examples=_read_examples(cursor, relations),
            unlisted_names=_read_unlisted_names(cursor, relations),
        ),
    )
    return "\n".join(_essential_lines(checks, findings=findings, message=message))


def write_data_check(folder: Path, *, status: str, message: str, **facts: Any) -> None:
    """Write ``data_check.json`` into the folder of the build database."""
    folder.mkdir(parents=True, exist_ok=True)
    check = {
        "schema_version": _SCHEMA_VERSION,
        "status": status,
        "exit_status": EXIT_STATUSES[status],
        "message": message,
        "checked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "data_set": None,
        "findings": [],
        "report": None,
    } | facts
    (folder / REPORT_NAME).write_text(
        json.dumps(check, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )


def read_data_check(folder: Path) -> dict[str, Any] | None:
    """Read what the last check has found; None if there was none."""
    try:
        return json.loads((folder / REPORT_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def write_report(
    checks: Sequence[Check],
    *,
    findings: Sequence[Check],
    message: str,
    extra_columns: Mapping[str, Sequence[str]],
    examples: Mapping[tuple[str, str, str], str],
    unlisted_names: Sequence[UnlistedName],
) -> str:
    """Write the report for a person at a terminal.

    Parameters
    ----------
    checks : sequence of Check
    findings : sequence of Check
        Those that are findings, the blocking ones first.
    message : str
        What the check comes to.
    extra_columns : mapping of str to sequence of str
        Columns of each raw table that are not read.
    examples : mapping
        Values that were not used, as one text, by check, raw table and subject.
    unlisted_names : sequence of UnlistedName

    Returns
    -------
    str
        A section for each raw table, the coverage, names that no seed lists, and the
        findings with their remedies.
    """
    lines = [""]
    for raw_table in RAW_COLUMNS:
        of_table = [check for check in checks if check.raw_table == raw_table]
        lines += [
            *_table_lines(raw_table, of_table, extra_columns=extra_columns[raw_table]),
            *_rejection_lines(of_table, examples=examples),
            "",
        ]
    lines += [*_coverage_lines(checks), ""]
    for kind in _SEEDS:
        of_kind = [name for name in unlisted_names if name.kind == kind]
        lines += _unlisted_lines(of_kind, kind=kind)
    lines += _reason_lines(checks)
    for number, check in enumerate(findings, start=1):
        label = "Cannot build" if check.is_blocking else f"Finding {number}"
        lines += [f"{label}: {_describe(check)}", f"  -> {check.remedy}"]
    return "\n".join([*lines, *([""] if findings else []), message])


def _state(status: str, *, findings: Sequence[Check], data_set: str) -> str:
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    verdict = {
        "ready": "ready to build",
        "findings": f"can be built, with {count}",
        "cannot_build": f"cannot be built, {count}",
    }[status]
    return f"Data check of {data_set}: {verdict}."


def _table_lines(
    raw_table: str, checks: Sequence[Check], *, extra_columns: Sequence[str]
) -> list[str]:
    used = _by_subject(checks, "used_rows")["rows"]
    written = _by_subject(checks, "written_values")
    read = _by_subject(checks, "read_values")
    width = max(map(len, RAW_COLUMNS[raw_table]))
    lines = [
        f"{raw_table}: {used.whole_count:,} rows, {used.part_count:,} used"
        f" ({_share(used)})",
        f"  {'column':<{width}}  read as     filled  of these readable",
    ]
    for column in RAW_COLUMNS[raw_table]:
        lines.append(
            f"  {column:<{width}}  {read[column].value_type:<9}"
            f"  {_share(written[column]):>7}  {_share(read[column]):>7}"
        )
    if extra_columns:
        lines.append(f"  Not read: {', '.join(extra_columns)}")
    return lines


def _rejection_lines(
    checks: Sequence[Check], *, examples: Mapping[tuple[str, str, str], str]
) -> list[str]:
    lines = []
    for prefix, title in _REJECTIONS.items():
        rejected = [check for check in checks if check.check_name.startswith(prefix)]
        if rejected:
            lines.append(f"  {title} not used, by reason and column")
        for check in sorted(rejected, key=lambda check: -check.part_count):
            example = examples.get((check.check_name, check.raw_table, check.subject))
            # What is expected, such as former clients, needs no example.
            shown = f": {example}" if example and check.threshold is not None else ""
            lines.append(
                f"    {check.part_count:>9,}  {_share(check):>7}"
                f"  {_reason(check)}, {check.subject}{shown}"
            )
    return lines


def _reason_lines(checks: Sequence[Check]) -> list[str]:
    """Explain each reason that occurs once, with its remedy."""
    reasons = {
        _reason(check): check
        for check in checks
        if check.check_name.startswith(tuple(_REJECTIONS))
    }
    if not reasons:
        return []
    lines = ["Reasons, and what to do"]
    for reason in sorted(reasons):
        check = reasons[reason]
        lines += [f"  {reason}: {check.meaning}", f"    -> {check.remedy}"]
    return [*lines, ""]


def _reason(check: Check) -> str:
    return check.check_name.removeprefix("row_").removeprefix("value_")


def _coverage_lines(checks: Sequence[Check]) -> list[str]:
    accounts = _by_subject(checks, "platform_accounts")
    known = _by_subject(checks, "known_followers")
    (active,) = _by_subject(checks, "active_enterprises").values()
    (per_cluster,) = _by_subject(checks, "active_enterprises_per_cluster").values()
    (category,) = _by_subject(checks, "known_category").values()
    (turnover,) = _by_subject(checks, "known_turnover").values()
    return [
        f"Coverage of the {active.part_count:,} active enterprises, of"
        f" {active.whole_count:,} (a build needs {per_cluster.whole_count})",
        *(
            f"  {platform:<9}  {_share(check):>7} have an account, of these"
            f" {_share(known[platform])} with known followers"
            for platform, check in accounts.items()
        ),
        f"  {'category':<9}  {_share(category):>7} have a known category",
        f"  {'turnover':<9}  {_share(turnover):>7} have a known turnover",
    ]


def _unlisted_lines(names: Sequence[UnlistedName], *, kind: str) -> list[str]:
    if not names:
        return []
    whose, alias_seed, seed, rest = _SEEDS[kind]
    lines = [f"Not listed {whose}, and the line to add in seeds/reference"]
    for name in names[:_LISTED_NAMES]:
        advice = f"{seed}: {_csv_line([name.name])}{rest}"
        if name.closest:
            spelling = f"{alias_seed}: {_csv_line([name.name, name.closest])}"
            advice = f"{spelling} (the closest name)"
            advice += f", or {seed} if it is another" if kind != "city" else ""
        lines.append(f"  {name.row_count:>9,} x {name.name!r}: {advice}")
    if len(names) > _LISTED_NAMES:
        lines.append(f"  The others, by frequency, are in {_NAMES_TABLE}.")
    return [*lines, ""]


def _essential_lines(
    checks: Sequence[Check], *, findings: Sequence[Check], message: str
) -> list[str]:
    lines = [message]
    for raw_table in RAW_COLUMNS:
        of_table = [check for check in checks if check.raw_table == raw_table]
        used = _by_subject(of_table, "used_rows")["rows"]
        reasons: dict[str, int] = {}
        for check in of_table:
            if check.check_name.startswith("row_"):
                reason = check.check_name.removeprefix("row_")
                reasons[reason] = reasons.get(reason, 0) + check.part_count
        listed = ", ".join(
            f"{reason} {count:,}"
            for reason, count in sorted(reasons.items(), key=lambda item: -item[1])
        )
        lines.append(
            f"  {raw_table}: {used.whole_count:,} rows, {used.part_count:,} used"
            + (f"; {listed}" if listed else "")
        )
    known = _by_subject(checks, "known_followers")
    (turnover,) = _by_subject(checks, "known_turnover").values()
    covered = ", ".join(
        f"{platform} {_share(check)}"
        for platform, check in _by_subject(checks, "platform_accounts").items()
        if known[platform].whole_count
    )
    lines.append(
        f"  {turnover.whole_count:,} active enterprises with an account:"
        f" {covered or 'none'}; with a turnover: {_share(turnover)}"
    )
    for check in findings[:_BRIEF_FINDINGS]:
        lines.append(
            f"  {'cannot build' if check.is_blocking else 'finding'}:"
            f" {_describe(check)}"
        )
    if len(findings) > _BRIEF_FINDINGS:
        lines.append(f"  and {len(findings) - _BRIEF_FINDINGS} more findings")
    return [*lines, "  With examples and remedies: make check-data"]


def _describe(check: Check) -> str:
    place = f"{check.raw_table}.{check.subject}"
    if check.subject == "rows":
        place = check.raw_table
    elif check.check_name == "known_followers":
        place = f"{check.raw_table} on {check.subject}"
    part, whole = f"{check.part_count:,}", f"{check.whole_count:,}"
    figures = f"{part} of {whole} ({_share(check)})"
    if check.is_blocking:
        figures = f"{part} for {whole}"
    for prefix, what in _REJECTIONS.items():
        if check.check_name.startswith(prefix):
            figures = (
                f"{part} of {whole} {what.lower()} ({_share(check)}) {_reason(check)}"
            )
    return f"{place}, {figures}: {check.meaning}"


def _by_subject(checks: Iterable[Check], check_name: str) -> dict[str, Check]:
    return {check.subject: check for check in checks if check.check_name == check_name}


def _share(check: Check) -> str:
    return write_share(check.value)


def write_share(value: float | None) -> str:
    """Write a share so that only all of them are 100 %, and only none 0 %."""
    if value is None:
        return "-"
    if 0 < value < 0.001:
        return "< 0.1 %"
    if 0.999 < value < 1:
        return "> 99.9 %"
    return f"{100 * value:.1f} %"


def _csv_line(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()


def _read_extra_columns(
    cursor: DuckDBPyConnection, raw_relations: Mapping[str, str]
) -> dict[str, list[str]]:
    return {
        raw_table: [
            name
            for name in cursor.sql(f"select * from {raw_relations[raw_table]}").columns
            if name.strip().lower() not in RAW_COLUMNS[raw_table]
        ]
        for raw_table in RAW_COLUMNS
    }


def _read_examples(
    cursor: DuckDBPyConnection, relations: Mapping[str, str]
) -> dict[tuple[str, str, str], str]:
    """Read the most frequent values that were not used, counted in the engine."""
    rejected = " union all ".join(
        f"select 'row_' || disposition, {raw_table!r}, deciding_column, deciding_value"
        f" from {relations[f'int_{raw_table}_disposed']} where disposition <> 'used'"
        " union all "
        "select 'value_' || reason, raw_table, column_name, raw_value"
        f" from {relations['int_values_rejected']} as values_rejected"
        f" semi join {relations[f'int_{raw_table}_disposed']} as disposed"
        f" on values_rejected.raw_table = {raw_table!r}"
        " and values_rejected.raw_key = disposed.raw_key"
        " and disposed.disposition = 'used'"
        for raw_table in RAW_COLUMNS
    )
    examples: dict[tuple[str, str, str], list[str]] = {}
    for check_name, raw_table, subject, value, count in cursor.sql(
        "with rejected(check_name, raw_table, subject, value) as"
        f" ({rejected}),"
        " counted as (select check_name, raw_table, subject, value, count(*) as times"
        " from rejected where value is not null group by all)"
        " select check_name, raw_table, subject, value, times from counted"
        " qualify row_number() over (partition by check_name, raw_table, subject"
        f" order by times desc, value) <= {_EXAMPLES}"
        " order by check_name, raw_table, subject, times desc, value"
    ).fetchall():
        shown = value[:_LONGEST_EXAMPLE] + "..." * (len(value) > _LONGEST_EXAMPLE)
        times = f" ({count:,} times)" if count > 1 else ""
        examples.setdefault((check_name, raw_table, subject), []).append(
            f"{shown!r}{times}"
        )
    return {key: ", ".join(shown) for key, shown in examples.items()}


def _read_unlisted_names(
    cursor: DuckDBPyConnection, relations: Mapping[str, str]
) -> list[UnlistedName]:
    listed = {
        "category": "select category_key, category_name"
        f" from {relations['int_categories_resolved']}"
        " where category_group is not null order by category_key",
        "platform": f"select platform_key, platform"
        f" from {relations['int_platforms_resolved']}"
        f" semi join {relations['platforms']} using (platform)"
        " where platform <> 'any' order by platform_key",
        "city": f"select city_key, city_name from {relations['int_cities_resolved']}"
        f" semi join {relations['cities']} using (city_name) order by city_key",
    }
    names = []
    for kind, query in listed.items():
        known = dict(cursor.sql(query).fetchall())
        rows = cursor.execute(
            "select name_key, unlisted_name, row_count"
            f" from {relations[_NAMES_TABLE]} where name_kind = ?"
            " order by row_count desc, unlisted_name",
            [kind],
        ).fetchmany(_COMPARED_CITIES)
        cutoff = _CITY_LIKENESS if kind == "city" else 0.6
        for key, name, count in rows:
            close = difflib.get_close_matches(key, known, n=1, cutoff=cutoff)
            if close or kind != "city":
                closest = known[close[0]] if close else None
                names.append(UnlistedName(kind, name, count, closest))
    return names
