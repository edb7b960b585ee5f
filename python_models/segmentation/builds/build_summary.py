"""Say in a few lines what the publication holds: what `make build` ends with."""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import duckdb

from segmentation.publication.memory import DATABASE_NAME


def summarise(publish_dir: Path) -> str:
    """Describe the publication in a folder for a person at a terminal.

    Parameters
    ----------
    publish_dir : pathlib.Path
        Where the publication is kept.

    Returns
    -------
    str
        Segments with their sizes, what was not used and why, where the files are.
    """
    database = publish_dir / DATABASE_NAME
    with duckdb.connect(str(database), read_only=True) as connection:
        data_set, published_at, fit_id, enterprise_count, files = connection.sql(
            "select data_set, published_at, fit_id, enterprise_count, files"
            " from publication"
        ).fetchall()[0]
        segments = connection.sql(
            "select segment_name, segment_key, is_named_segment, enterprise_count,"
            " enterprise_share, mean_followers_total, top_category_name"
            " from cluster_profiles order by enterprise_count desc, segment_key"
        ).fetchall()
        model = connection.sql(
            "select fit_id, fitted_at, model_age_days, agreement_with_refit,"
            " refit_policy, refit_after_days, refit_below_ari from model_freshness"
        ).fetchall()[0]
        events = connection.execute(
            "select segment_key, event_type, related_segment_key,"
            " related_enterprise_count from segment_events"
            " inner join segmentation_fits using (fit_id)"
            " where fit_id = ? and fitted_at = ?"
            " and event_type not in ('first', 'kept') order by segment_key",
            [fit_id, published_at],
        ).fetchall()
        causes = connection.execute(
            "select cause, count(*) from segment_changes where changed_at = ?"
            " group by cause",
            [published_at],
        ).fetchall()
        cluster_counts = connection.sql(
            "select cluster_count, is_selected, is_advised, verdict"
            " from cluster_count_evaluation order by cluster_count"
        ).fetchall()
        rejections = connection.sql(
            "select raw_table, is_whole_row, reason, count(*) as row_count"
            " from rejected_rows group by all"
            " order by raw_table, is_whole_row desc, row_count desc, reason"
        ).fetchall()
    lines = [
        "",
        f"{_count(enterprise_count)} active enterprises in {len(segments)} segments"
        f" (data set {data_set}, fit {fit_id}, {published_at:%Y-%m-%d %H:%M} UTC)",
        "",
        *_segment_lines(segments),
        "",
        _model_line(*model),
        *event_lines(events),
        _change_line(published_at, dict(causes)),
        _cluster_count_line(cluster_counts),
        "",
        *_rejection_lines(rejections),
        "",
        f"Published in {publish_dir}/: {_listed_files(json.loads(files))}",
    ]
    return "\n".join(lines)


def _segment_lines(segments: list[tuple]) -> list[str]:
    width = max(len(name) for name, *_ in segments)
    lines = [
        f"  {'segment':<{width}}  {'enterprises':>11}  {'share':>6}"
        f"  {'mean followers':>14}  most frequent category"
    ]
    for name, _, _, count, share, followers, category in segments:
        mean = "unknown" if followers is None else _count(round(followers))
        lines.append(
            f"  {name:<{width}}  {_count(count):>11}  {share:>6.1%}"
            f"  {mean:>14}  {category or 'unknown'}"
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
    if policy == "auto" and age_days >= after_days:
        return f"{line} (past {after_days:.0f} days: a refit learned the same again)"
    if policy == "auto":
        return f"{line} (refit below {below_ari:.2f} or after {after_days:.0f} days)"
    return f"{line} (refit: {policy})"


def event_lines(events: list[tuple]) -> list[str]:
    """Say what a refit did to the segments themselves.

    Parameters
    ----------
    events : list of tuple
        Segment key, event, related segment key and number of enterprises, as in
        ``segment_events``.
    """
    words = {
        "new": "new",
        "split": "new, split from {related} ({count} of its enterprises)",
        "returned": "returned",
        "merged": "gone, merged into {related} ({count} of its enterprises)",
        "retired": "gone, and no segment has most of its enterprises",
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
        f"{_count(causes[cause])} {words}"
        for cause, words in (
            ("new", "entered"),
            ("gone", "left"),
            ("enterprise_changed", "moved because they changed"),
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
            listed = ", ".join(
                f"{reason} {_count(count)}" for reason, count in reasons.most_common()
            )
            lines.append(f"  {_count(reasons.total())} {what} of {raw_table}: {listed}")
    return lines


def _count(number: int) -> str:
    return f"{number:,}"
