"""Say in a few lines what the publication holds: what `make build` ends with."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from segmentation.publication.memory import DATABASE_NAME


def summarise(publish_dir: Path) -> str:
    """Describe the publication in a folder for a person at a terminal.

    Segments with their sizes, what was not used and why, where the files are.
    """
    database = publish_dir / DATABASE_NAME
    with duckdb.connect(str(database), read_only=True) as connection:
        data_set, published_at, language, segmentations, files = connection.sql(
            "select data_set, published_at, language, segmentations, files"
            " from publication"
        ).fetchall()[0]
        rejections = connection.sql(
            "select raw_table, is_whole_row, reason, count(*) as row_count"
            " from rejected_rows group by all"
            " order by raw_table, is_whole_row desc, row_count desc, reason"
        ).fetchall()
        lines = [""]
        for name, entry in json.loads(segmentations).items():
            lines += _segmentation_lines(
                connection,
                name,
                entry,
                heading=f"data set {data_set}, {published_at:%Y-%m-%d %H:%M} UTC",
                published_at=published_at,
                language=language,
            )
    lines += [
        *_rejection_lines(rejections),
        "",
        f"Published in {publish_dir}/: {_listed_files(json.loads(files))}",
    ]
    return "\n".join(lines)


def _segmentation_lines(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    entry: dict[str, Any],
    *,
    heading: str,
    published_at: datetime,
    language: str,
) -> list[str]:
    """Describe one segmentation: its segments by its first measure and dimension."""
    measure = next(iter(entry["measures"]), "")
    dimension = next(iter(entry["dimensions"]), "")

    def ask(query: str, *parameters: Any) -> list[tuple]:
        return connection.execute(query, [name, *parameters]).fetchall()

    labels = dict(
        ask("select name, lower(label_en) from measure_texts where segmentation = ?")
    )
    segments = ask(
        f"select segment_name_{language}, segment_key, is_named_segment,"
        " model_member_count, mean_value, dimension_value"
        " from (from segment_overview where segmentation = ?) as overview"
        " left join (from cluster_measures where measure = ?)"
        " using (segmentation, segment_key)"
        " left join (from cluster_mix where dimension = ?"
        " and dimension_value is not null qualify row_number() over"
        " (partition by segmentation, segment_key order by value_rank) = 1)"
        " using (segmentation, segment_key) where overview.cluster_id is not null"
        " order by model_member_count desc, segment_key",
        *(measure, dimension),
    )
    ((fit_id, *model),) = ask(
        "select fit_id, fitted_at, model_age_days, agreement_with_refit,"
        " refit_policy, refit_after_days, refit_below_ari from model_freshness"
        " where segmentation = ?"
    )
    events = ask(
        "select segment_key, event_type, related_segment_key, related_member_count"
        " from segment_events inner join segmentation_fits using (segmentation, fit_id)"
        " where segmentation = ? and fit_id = ? and fitted_at = ?"
        " and event_type not in ('first', 'kept') order by segment_key",
        *(fit_id, published_at),
    )
    causes = ask(
        "select cause, count(*) from segment_changes"
        " where segmentation = ? and changed_at = ? group by cause",
        published_at,
    )
    cluster_counts = ask(
        "select cluster_count, is_selected, is_advised, verdict"
        " from cluster_count_evaluation where segmentation = ? order by cluster_count"
    )
    return [
        f"{name}: {entry['member_count']:,} members in {len(segments)} segments"
        f" ({heading}, fit {fit_id})",
        "",
        *_segment_lines(
            segments,
            measure=f"mean {labels.get(measure, measure)}",
            dimension=labels.get(dimension, dimension),
        ),
        "",
        _model_line(fit_id, *model),
        *event_lines(events),
        _change_line(published_at, dict(causes)),
        _cluster_count_line(cluster_counts),
        "",
    ]


def _segment_lines(segments: list[tuple], *, measure: str, dimension: str) -> list[str]:
    if not segments:
        return ["  nobody"]
    width = max(len(name) for name, *_ in segments)
    total = sum(count for _, _, _, count, *_ in segments)
    lines = [
        f"  {'segment':<{width}}  {'members':>11}  {'share':>6}"
        f"  {measure:>14}  most frequent {dimension}"
    ]
    for name, _, _, count, value, most_frequent in segments:
        mean = "unknown" if value is None else f"{round(value):,}"
        lines.append(
            f"  {name:<{width}}  {count:>11,}  {count / total:>6.1%}"
            f"  {mean:>{max(14, len(measure))}}  {most_frequent or 'unknown'}"
        )
    unnamed = sorted(key for _, key, is_named, *_ in segments if not is_named)
    if unnamed:
        lines += [
            "",
            f"  New, without a name or recommendations: {', '.join(unnamed)}.",
            "  To adopt one, add a line with its key to segments.csv and its actions",
            "  to recommendations.csv, both in seeds/reference.",
        ]
    return lines


def _model_line(
    fit_id: int,
    fitted_at: datetime,
    age_days: float,
    agreement: float | None,
    policy: str,
    after_days: float,
    below_ari: float,
) -> str:
    line = f"Model: fit {fit_id} of {fitted_at:%Y-%m-%d}, {age_days:.0f} days old"
    if agreement is not None:
        line += f"; agreement with a refit today {agreement:.2f}"
    if policy != "auto":
        return f"{line} (refit: {policy})"
    if age_days >= after_days:
        return f"{line} (past {after_days:.0f} days: a refit learned the same again)"
    return f"{line} (refit below {below_ari:.2f} or after {after_days:.0f} days)"


def event_lines(events: list[tuple]) -> list[str]:
    """Say what a refit did to the segments themselves.

    Of rows of ``segment_events``: key, type, related key and number of members.
    """
    words = {
        "new": "new",
        "split": "new, split from {related} ({count} of its members)",
        "returned": "returned",
        "merged": "gone, merged into {related} ({count} of its members)",
        "retired": "gone, and no segment has most of its members",
    }
    return [
        f"  {key}: {words[event].format(related=related, count=count)}"
        for key, event, related, count in events
    ]


def _change_line(published_at: datetime, causes: dict[str, int]) -> str:
    # Not "since the last publication": two builds may have one clock.
    what = f"Changes of {published_at:%Y-%m-%d %H:%M} UTC"
    if not causes:
        return f"{what}: none"
    listed = [
        f"{causes[cause]:,} {words}"
        for cause, words in (
            ("new", "entered"),
            ("gone", "left"),
            ("member_changed", "moved because they changed"),
            ("model_changed", "moved because the model changed"),
            ("set_by_hand", "set or released by hand"),
        )
        if cause in causes
    ]
    return f"{what}: {', '.join(listed)}"


def _cluster_count_line(cluster_counts: list[tuple]) -> str:
    verdicts = {
        count: verdict for count, is_chosen, _, verdict in cluster_counts if is_chosen
    }
    if not verdicts:
        return "Number of clusters: not evaluated"
    [(selected, verdict)] = verdicts.items()
    if verdict == "advised":
        return f"Number of clusters: {selected} selected and advised"
    advised = [str(count) for count, _, is_advised, _ in cluster_counts if is_advised]
    return (
        f"Number of clusters: {selected} selected ({verdict.replace('_', ' ')}),"
        f" {' '.join(advised) or 'none'} advised; see cluster_count_evaluation"
    )


def _listed_files(files: dict[str, str]) -> str:
    charts = [name for name in files if name.startswith("charts/")]
    others = [name for name in files if name not in charts]
    return ", ".join([DATABASE_NAME, *others, f"charts/ ({len(charts)} pictures)"])


def _rejection_lines(rejections: list[tuple]) -> list[str]:
    if not rejections:
        return ["Every raw row and value was used."]
    lines = ["Not used, listed with the reason in the table rejected_rows:"]
    for is_whole_row, what in ((True, "rows"), (False, "single values")):
        by_table: dict[str, Counter] = {}
        for raw_table, of_whole_row, reason, count in rejections:
            if of_whole_row == is_whole_row:
                by_table.setdefault(raw_table, Counter())[reason] = count
        for raw_table, reasons in by_table.items():
            listed = ", ".join(f"{name} {n:,}" for name, n in reasons.most_common())
            lines.append(f"  {reasons.total():,} {what} of {raw_table}: {listed}")
    return lines
