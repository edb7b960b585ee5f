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
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from segmentation.build_folder import folder_of
from segmentation.builds.records import write_record
from segmentation.sql_text import text

REPORT_NAME = "data_check.json"
EXIT_STATUSES = {"ready": 0, "findings": 1, "cannot_build": 2, "busy": 3}
_SCHEMA_VERSION = 1
_NAMES_TABLE = "int_unlisted_names_counted"
_LISTED_NAMES = 20
_EXAMPLES = 3
_LONGEST_EXAMPLE = 40
_BRIEF_FINDINGS = 8
# Of unlisted cities only likely misspellings are told: a city need not be listed.
_COMPARED_NAMES = 500
# Of the aliases in seeds/reference none is nearer to another category than this, and
# two thirds are as near to their own.
LIKENESS = 0.8
_CITY_LIKENESS = 0.85
# Checks whose part may be larger than the whole.
_RATIOS = (
    *("active_enterprises_per_cluster", "published_enterprises_multiplied"),
    "published_accounts_multiplied",
)
_REJECTIONS = {"row_": "Rows", "value_": "Values"}
_OF_ACTIVE = "of active enterprises"
# Of names that no seed lists: their plural and whose they are; the seed of the names,
# and what follows the name there.
_NAMES = {
    "category": ("categories", _OF_ACTIVE, "category_groups", ",<its family>,leaf"),
    "platform": ("platforms", "of used accounts", "platforms", ",<its name>"),
    "city": ("cities", f"{_OF_ACTIVE}, likely misspellings", "cities", ""),
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

    @property
    def share(self) -> str:
        return write_share(self.value)

    @property
    def reason(self) -> str:
        """The reason of a rejection; empty for what is none."""
        prefix, _, reason = self.check_name.partition("_")
        return reason if f"{prefix}_" in _REJECTIONS else ""

    @property
    def words(self) -> str:
        """Where it is, the figures and what they mean."""
        place = f"{self.raw_table}.{self.subject}"
        if self.subject == "rows":
            place = self.raw_table
        elif self.check_name == "known_followers":
            place = f"{self.raw_table} on {self.subject}"
        part, whole = f"{self.part_count:,}", f"{self.whole_count:,}"
        figures = f"{part} of {whole} ({self.share})"
        if self.check_name in _RATIOS:
            figures = f"{part} for {whole}"
        elif self.reason:
            what = self.check_name.partition("_")[0] + "s" * (self.whole_count != 1)
            figures = f"{part} of {whole} {what} ({self.share}) {self.reason}"
        return f"{place}, {figures}: {self.meaning}"


class Checks(list[Check]):
    """All checks of the raw data."""

    def of(self, check_name: str, *, raw_table: str = "") -> dict[str, Check]:
        """Give the checks of a name, perhaps of a table only, by subject."""
        return {
            check.subject: check
            for check in self
            if check.check_name == check_name and raw_table in ("", check.raw_table)
        }

    def one(self, check_name: str) -> Check:
        (check,) = self.of(check_name).values()
        return check

    def findings(self) -> list[Check]:
        """Those that are findings, the blocking ones first."""
        found = [check for check in self if check.is_finding]
        return sorted(found, key=lambda check: not check.is_blocking)


def report_data_check(
    cursor: DuckDBPyConnection,
    *,
    publish_dir: Path,
    relations: Mapping[str, str],
    raw_relations: Mapping[str, str],
    trimmed_value: str,
    columns: Mapping[str, Sequence[str]],
    data_set: str,
) -> str:
    """Write ``data_check.json``, and give the lines that belong into a build's log.

    Parameters
    ----------
    relations, raw_relations
        Relation of each model and seed, and of each raw table as delivered.
    trimmed_value
        The SQL that trims a column ``value`` as staging does.
    columns
        The columns of each raw table that are read.
    """
    checks = Checks(
        Check(*row)
        for row in cursor.sql(
            f"select {', '.join(Check.__dataclass_fields__)}"
            f" from {relations['int_raw_data_checked']}"
            " order by raw_table, check_name, subject"
        ).fetchall()
    )
    findings = checks.findings()
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    status, verdict = "ready", "ready to build"
    if findings:
        status, verdict = "findings", f"can be built, with {count}"
    if any(check.is_blocking for check in findings):
        status, verdict = "cannot_build", f"cannot be built, {count}"
    message = f"Data check of {data_set}: {verdict}."
    examples = _read_examples(
        cursor,
        relations,
        columns=columns,
        trimmed_value=trimmed_value,
        # What is expected, such as former clients, needs no example.
        check_names=sorted({c.check_name for c in checks if c.threshold is not None}),
    )
    lines = [""]
    for raw_table, names in columns.items():
        delivered = cursor.sql(f"select * from {raw_relations[raw_table]}").columns
        unread = [name for name in delivered if name.strip().lower() not in names]
        lines += _table_lines(checks, raw_table, columns=names, unread=unread)
        lines += [*_rejection_lines(checks, raw_table, examples=examples), ""]
    lines += [*_coverage_lines(checks), ""]
    for kind in _NAMES:
        lines += _unlisted_lines(cursor, relations, kind=kind)
    lines += _reason_lines(checks)
    for number, check in enumerate(findings, start=1):
        label = "Cannot build" if check.is_blocking else f"Finding {number}"
        lines += [f"{label}: {check.words}", f"  -> {check.remedy}"]
    write_data_check(
        folder_of(cursor),
        status=status,
        message=message,
        data_set=data_set,
        findings=[asdict(check) for check in findings],
        report="\n".join([*lines, *([""] if findings else []), message]),
    )
    return "\n".join([message, *_essential_lines(checks, raw_tables=columns)])


def write_data_check(folder: Path, *, status: str, message: str, **facts: Any) -> None:
    """Write ``data_check.json`` into the folder of the build database."""
    check = {
        "schema_version": _SCHEMA_VERSION,
        "status": status,
        "exit_status": EXIT_STATUSES[status],
        "message": message,
        "checked_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "data_set": None,
        "findings": [],
        "report": None,
    }
    write_record(folder, REPORT_NAME, check | facts)


def _table_lines(
    checks: Checks, raw_table: str, *, columns: Sequence[str], unread: Sequence[str]
) -> list[str]:
    used = checks.of("used_rows", raw_table=raw_table)["rows"]
    written = checks.of("written_values", raw_table=raw_table)
    read = checks.of("read_values", raw_table=raw_table)
    width = max(map(len, columns))
    return [
        f"{raw_table}: {used.whole_count:,} rows, {used.part_count:,} used"
        f" ({used.share})",
        f"  {'column':<{width}}  read as     filled  of these readable",
        *(
            f"  {name:<{width}}  {read[name].value_type:<9}"
            f"  {written[name].share:>7}  {read[name].share:>7}"
            for name in columns
        ),
        *([f"  Not read: {', '.join(unread)}"] if unread else []),
    ]


def _rejection_lines(
    checks: Checks, raw_table: str, *, examples: Mapping[tuple[str, str, str], str]
) -> list[str]:
    lines = []
    for prefix, title in _REJECTIONS.items():
        rejected = [
            check
            for check in checks
            if check.check_name.startswith(prefix) and check.raw_table == raw_table
        ]
        if rejected:
            lines.append(f"  {title} not used, by reason and column")
        for check in sorted(rejected, key=lambda check: -check.part_count):
            example = examples.get((check.check_name, raw_table, check.subject))
            shown = f": {example}" if example and check.threshold is not None else ""
            lines.append(
                f"    {check.part_count:>9,}  {check.share:>7}"
                f"  {check.reason}, {check.subject}{shown}"
            )
    return lines


def _reason_lines(checks: Checks) -> list[str]:
    """Explain each reason that occurs once, with its remedy."""
    lines = []
    for reason, check in sorted({c.reason: c for c in checks if c.reason}.items()):
        lines += [f"  {reason}: {check.meaning}", f"    -> {check.remedy}"]
    return ["Reasons, and what to do", *lines, ""] if lines else []


def _coverage_lines(checks: Checks) -> list[str]:
    known = checks.of("known_followers")
    active = checks.one("active_enterprises")
    unseen = checks.one("unseen_category")
    least = checks.one("active_enterprises_per_cluster").whole_count
    return [
        f"Coverage of the {active.part_count:,} active enterprises, of"
        f" {active.whole_count:,} (a build needs {least})",
        *(
            f"  {platform:<9}  {check.share:>7} have an account, of these"
            f" {known[platform].share} with known followers"
            for platform, check in checks.of("platform_accounts").items()
        ),
        *(
            f"  {what:<9}  {checks.one(f'known_{what}').share:>7} have a known {what}"
            for what in ("category", "turnover")
        ),
        *(
            [f"  {unseen.part_count:,} have a category that the model has never seen"]
            if unseen.whole_count
            else []
        ),
    ]


def _essential_lines(checks: Checks, *, raw_tables: Iterable[str]) -> list[str]:
    lines = []
    for raw_table in raw_tables:
        used = checks.of("used_rows", raw_table=raw_table)["rows"]
        reasons = Counter[str]()
        for check in checks:
            if check.raw_table == raw_table and check.check_name.startswith("row_"):
                reasons[check.reason] += check.part_count
        listed = ", ".join(f"{name} {n:,}" for name, n in reasons.most_common())
        lines.append(
            f"  {raw_table}: {used.whole_count:,} rows, {used.part_count:,} used"
            + (f"; {listed}" if listed else "")
        )
    known = checks.of("known_followers")
    turnover = checks.one("known_turnover")
    covered = ", ".join(
        f"{platform} {check.share}"
        for platform, check in checks.of("platform_accounts").items()
        if known[platform].whole_count
    )
    lines.append(
        f"  {turnover.whole_count:,} active enterprises with an account:"
        f" {covered or 'none'}; with a turnover: {turnover.share}"
    )
    unseen = checks.one("unseen_category").part_count
    if unseen:
        lines[-1] += f"; of a category that the model has never seen: {unseen:,}"
    findings = checks.findings()
    for check in findings[:_BRIEF_FINDINGS]:
        kind = "cannot build" if check.is_blocking else "finding"
        remedy = f" {check.remedy}" if check.is_blocking else ""
        lines.append(f"  {kind}: {check.words}{remedy}")
    if len(findings) > _BRIEF_FINDINGS:
        lines.append(f"  and {len(findings) - _BRIEF_FINDINGS} more findings")
    return [*lines, "  With examples and remedies: make check-data"]


def write_share(value: float | None) -> str:
    """Write a share so that only all of them are 100 %, and only none 0 %."""
    if value is None:
        return "-"
    if 0 < value < 0.001:
        return "< 0.1 %"
    if 0.999 < value < 1:
        return "> 99.9 %"
    return f"{100 * value:.1f} %"


def _read_examples(
    cursor: DuckDBPyConnection,
    relations: Mapping[str, str],
    *,
    columns: Mapping[str, Sequence[str]],
    trimmed_value: str,
    check_names: Sequence[str],
) -> dict[tuple[str, str, str], str]:
    """Read the most frequent values that were not used, by check, table and column."""
    rejected = []
    named = ", ".join(map(text, check_names)) or "null"
    for table, names in columns.items():
        values = " ".join(f"when {name!r} then base.{name}" for name in names)
        base = f"inner join {relations[f'base_{table}']} as base using (raw_row)"
        rejected += [
            f"select 'row_' || disposition, {table!r}, deciding_column, case"
            f" deciding_column {values} end from {relations[f'int_{table}_disposed']}"
            f" {base} where 'row_' || disposition in ({named})",
            f"select 'value_' || reason, {table!r}, column_name, case column_name"
            f" {values} end from {relations['int_values_rejected']} {base}"
            f" where raw_table = {table!r} and disposition = 'used'"
            f" and 'value_' || reason in ({named})",
        ]
    rows = cursor.sql(
        "with written(check_name, raw_table, subject, value) as"
        f" ({' union all '.join(rejected)}), rejected as (select check_name, raw_table,"
        f" subject, {trimmed_value} as value from written)"
        " select check_name, raw_table, subject, value, count(*) as times"
        " from rejected where value is not null"
        " group by check_name, raw_table, subject, value"
        " qualify row_number() over (partition by check_name, raw_table, subject"
        f" order by times desc, value) <= {_EXAMPLES}"
        " order by check_name, raw_table, subject, times desc, value"
    ).fetchall()
    examples: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for *place, value, count in rows:
        shown = value[:_LONGEST_EXAMPLE] + "..." * (len(value) > _LONGEST_EXAMPLE)
        times = f" ({count:,} times)" if count > 1 else ""
        examples[tuple(place)].append(f"{shown!r}{times}")
    return {key: ", ".join(shown) for key, shown in examples.items()}


def _unlisted_lines(
    cursor: DuckDBPyConnection, relations: Mapping[str, str], *, kind: str
) -> list[str]:
    """Tell which names no seed lists, and the line to add for each."""
    plural, whose, seed, rest = _NAMES[kind]
    known = dict(
        cursor.sql(
            f"select name_key, resolved_name from {relations['int_names_resolved']}"
            f" where name_kind = '{kind}' and is_listed and resolved_name <> 'any'"
            " order by name_key"
        ).fetchall()
    )
    rows = cursor.execute(
        f"select name_key, unlisted_name, row_count from {relations[_NAMES_TABLE]}"
        " where name_kind = ? order by row_count desc, unlisted_name",
        [kind],
    ).fetchmany(_COMPARED_NAMES)
    lines = []
    for key, name, count in rows:
        cutoff = _CITY_LIKENESS if kind == "city" else LIKENESS
        close = difflib.get_close_matches(key, known, n=1, cutoff=cutoff)
        advice = f"{seed}.csv: {_csv_line([name])}{rest}"
        if close:
            spelling = _csv_line([name, known[close[0]]])
            advice = f"{kind}_aliases.csv: {spelling} (the closest name)"
            advice += f", or {seed}.csv if it is another" if kind != "city" else ""
        elif kind == "city":
            continue
        lines.append(f"  {count:>9,} x {name!r}: {advice}")
    if len(lines) > _LISTED_NAMES:
        lines[_LISTED_NAMES:] = [f"  The others, by frequency, are in {_NAMES_TABLE}."]
    title = f"Not listed {plural} {whose}, and the line to add in seeds/reference"
    return [title, *lines, ""] if lines else []


def _csv_line(values: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values)
    return line.getvalue()
