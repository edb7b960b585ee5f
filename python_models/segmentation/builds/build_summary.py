"""Say in a few lines what the publication holds: what `make build` ends with."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb

from segmentation.publication.memory import DATABASE_NAME

# Asks the publication about one segmentation, the first parameter of every query.
Ask = Callable[..., list[tuple]]

_REJECTIONS = """
    with counted as (
        select raw_table, is_whole_row, reason, count(*) as row_count
        from rejected_rows group by all
    )
    select format(
        '  {:,} {} of {}: {}', cast(sum(row_count) as bigint),
        if(is_whole_row, 'rows', 'single values'), raw_table,
        string_agg(format('{} {:,}', reason, row_count), ', '
            order by row_count desc, reason)
    )
    from counted group by is_whole_row, raw_table
    order by is_whole_row desc, raw_table
"""
# What event_lines puts into words.
EVENT_COLUMNS = (
    "segment_key, event_type, related_segment_key, related_member_count,"
    " former_member_count"
)
# Segments with the mean of one measure and the most frequent value of one dimension.
_SEGMENTS = """
    select segment_name_{language}, segment_key, is_named_segment, model_member_count,
        mean_value, most_frequent
    from (from segment_overview where segmentation = ? and cluster_id is not null)
    left join (from cluster_measures where measure = ?)
        using (segmentation, segment_key)
    left join (
        select segmentation, segment_key,
            arg_min(dimension_value, value_rank) as most_frequent
        from cluster_mix where dimension = ? and dimension_value is not null
        group by all
    ) using (segmentation, segment_key)
    order by model_member_count desc, segment_key
"""
# Of each cause how many changes there are, and the first by name, with the segments
# before and after; of who left also how many left for which reason.
_CHANGES = """
    with changes as (
        select changes.cause, told.reason_left, concat(
            coalesce(told.enterprise_name, members.enterprise_name, member_id),
            format(' ({{}} to {{}})', before.segment_name_{language},
                after.segment_name_{language})
        ) as what
        from segment_changes as changes
        left join enterprise_changes as told on segmentation = 'visibility'
            and member_id = told.enterprise_id
            and changes.change_number = told.change_number
        left join enterprise_segments as members on member_id = members.enterprise_id
        left join segment_overview as before on before.segmentation
            = changes.segmentation and before.segment_key = changes.from_segment_key
        left join segment_overview as after on after.segmentation
            = changes.segmentation and after.segment_key = changes.to_segment_key
        where changes.segmentation = ? and changes.changed_at = ?
    )
    select cause, count(*), list(what order by what)[:{named}],
        list(distinct reason_left) from changes group by cause
"""
_NAMED_COUNT = 5
_CAUSES = {
    "new": "entered",
    "gone": "left",
    "member_changed": "moved because they changed",
    "model_changed": "moved because the model changed",
    "data_missing": "moved, and a value went missing or became known",
    "set_by_hand": "set or released by hand",
}


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
        lines = [""]
        for name, entry in json.loads(segmentations).items():

            def ask(query: str, *parameters: object, name: str = name) -> list[tuple]:
                return connection.execute(query, [name, *parameters]).fetchall()

            measure, dimension = (
                next(iter(entry[listed]), "") for listed in ("measures", "dimensions")
            )
            segments = ask(_SEGMENTS.format(language=language), measure, dimension)
            lines += [
                f"{name}: {entry['member_count']:,} members in {len(segments)} segments"
                f" (data set {data_set}, {published_at:%Y-%m-%d %H:%M} UTC,"
                f" fit {entry['fit_id']})",
                "",
                *_change_lines(ask, published_at, language=language),
                "",
                *_segment_lines(ask, segments, measure=measure, dimension=dimension),
                "",
                _model_line(ask, entry["fit_id"], published_at),
                *novelty_lines(
                    ask(
                        "select undescribed_count, undescribed_share,"
                        " undescribed_p_value, saved_by_one_more, smallest_of_one_more,"
                        " cluster_count from model_freshness"
                        " inner join segmentation_fits using (segmentation, fit_id)"
                        " where segmentation = ? and is_novelty_alarm"
                    )
                ),
                *_cadence_lines(ask),
                *_new_event_lines(ask, entry["fit_id"], published_at),
                _cluster_count_line(ask),
                "",
            ]
        rejections = [line for (line,) in connection.sql(_REJECTIONS).fetchall()]
    if rejections:
        lines += ["Not used, listed with the reason in the table rejected_rows:"]
    names = [*json.loads(files)]
    charts = [name for name in names if name.startswith("charts/")]
    audiences = [name for name in names if name.startswith("exports/audiences/")]
    others = [name for name in names if name not in (*charts, *audiences)]
    listed = [DATABASE_NAME, *others, f"charts/ ({len(charts)} pictures)"]
    if audiences:
        listed.append(f"exports/audiences/ ({len(audiences)} lists)")
    return "\n".join(
        [
            *lines,
            *(rejections or ["Every raw row and value was used."]),
            "",
            f"Published in {publish_dir}/: {', '.join(listed)}",
        ]
    )


def _segment_lines(
    ask: Ask, segments: list[tuple], *, measure: str, dimension: str
) -> list[str]:
    if not segments:
        return ["  nobody"]
    labels = dict(
        ask("select name, lower(label_en) from measure_texts where segmentation = ?")
    )
    heading = f"mean {labels.get(measure, measure)}"
    width = max(len(name) for name, *_ in segments)
    total = sum(count for _, _, _, count, *_ in segments)
    lines = [
        f"  {'segment':<{width}}  {'members':>11}  {'share':>6}"
        f"  {heading:>14}  most frequent {labels.get(dimension, dimension)}"
    ]
    for name, _, _, count, value, most_frequent in segments:
        mean = "unknown" if value is None else f"{round(value):,}"
        lines.append(
            f"  {name:<{width}}  {count:>11,}  {count / total:>6.1%}"
            f"  {mean:>{max(14, len(heading))}}  {most_frequent or 'unknown'}"
        )
    unnamed = sorted(key for _, key, is_named, *_ in segments if not is_named)
    if unnamed:
        lines += [
            "",
            f"  New, with no name yet and general advice: {', '.join(unnamed)}.",
            "  To adopt one, add a line with its key to segments.csv and its actions",
            "  to recommendations.csv, both in seeds/reference.",
        ]
    return lines


def _model_line(ask: Ask, fit_id: int, published_at: datetime) -> str:
    answer = ask(
        "select reason, ari_to_previous, fitted_at, model_age_days, silhouette,"
        " (select arg_max(silhouette, fit_id) from segmentation_fits as earlier where"
        " earlier.segmentation = model_freshness.segmentation"
        " and earlier.fit_id < model_freshness.fit_id),"
        " agreement_with_refit, declined_refit, refit_policy, refit_after_days,"
        " refit_below_ari from model_freshness"
        " inner join segmentation_fits using (segmentation, fit_id, fitted_at)"
        " where segmentation = ?"
    )
    [(reason, ari, fitted_at, age, silhouette, silhouette_before, *figures)] = answer
    agreement, declined, policy, after, below = figures
    line = f"Model: fit {fit_id} of {fitted_at:%Y-%m-%d}, {age:.0f} days old"
    if fitted_at == published_at and reason != "first_fit":
        why = {
            "variables_changed": "a variable of the fit has changed",
            "always": "refit: always",
            "age": f"the fit before was past {after:.0f} days",
            "drift": f"the fit before agreed less than {below:.2f} with a refit",
        }[reason]
        agreement = "" if ari is None else f"; agreement with the fit before {ari:.2f}"
        before, now = (
            "unknown" if figure is None else f"{figure:.2f}"
            for figure in (silhouette_before, silhouette)
        )
        return f"{line}: new, because {why}{agreement}, silhouette {before} -> {now}"
    if agreement is not None:
        line += f"; agreement with a refit today {agreement:.2f}"
    if declined:
        return (
            f"{line}; a refit for {declined} was declined, for it would move others for"
            " a handful of members, or for a group that has come or gone: make"
            " preview-refit shows it"
        )
    if policy != "auto":
        return f"{line} (refit: {policy})"
    if age >= after:
        return f"{line} (past {after:.0f} days: a refit learned the same again)"
    return f"{line} (refit below {below:.2f} or after {after:.0f} days)"


def novelty_lines(alarms: list[tuple]) -> list[str]:
    """Warn of members that the published model does not describe.

    Of at most one row: their number, share and p-value, what a trial with one cluster
    more saves and the size of its smallest cluster, and the number of clusters.
    """
    lines = []
    for count, share, p_value, saved, smallest, clusters in alarms:
        lines += [
            f"  Warning: no segment describes {count:,} members, {share:.1%} where 1%"
            f" are usual (chance {p_value:.1g}):",
            "  see undescribed_members. One cluster more would save"
            f" {saved or 0:.0%} of the inertia, the smallest having {smallest or 0:,}.",
            "  See with make preview-refit what a refit would do, and with"
            f" VARS='n_clusters: {clusters + 1}' one with one more.",
        ]
    return lines


def _cadence_lines(ask: Ask) -> list[str]:
    """Warn of a model that is older than models lasted in the last year."""
    return [
        f"  Warning: the model is {age:.0f} days old, and in the last year one agreed"
        f" with its refits for less than\n  {weeks} weeks: see refit_cadence. See with"
        " make preview-refit what a refit would do, and build with\n  VARS='refit:"
        " always'."
        for age, weeks in ask(
            "select model_age_days, advised_cadence_weeks from model_freshness"
            " where segmentation = ? and is_older_than_advised"
        )
    ]


def _new_event_lines(ask: Ask, fit_id: int, published_at: datetime) -> list[str]:
    return event_lines(
        ask(
            f"select {EVENT_COLUMNS} from segment_events"
            " inner join segmentation_fits using (segmentation, fit_id)"
            " where segmentation = ? and fit_id = ? and fitted_at = ?"
            " and event_type not in ('first', 'kept') order by segment_key",
            *(fit_id, published_at),
        )
    )


def event_lines(events: list[tuple]) -> list[str]:
    """Say what a refit did to the segments themselves.

    Of rows of ``segment_events``, their EVENT_COLUMNS.
    """
    words = {
        "new": "new",
        "kept_by_members": "warning: kept for {part}, though its profile is beyond"
        " identity_distance_limit; look whether its name still fits",
        "split": "new, split from {related} ({part})",
        "returned": "returned",
        "merged": "gone, merged into {related} ({part})",
        "retired": "gone, and no segment has most of its members",
    }
    lines = []
    for key, event, related, part, whole in events:
        # Events that were published before the whole was counted lack it.
        of_whole = f"{part} of its {whole or 'former'} members"
        lines.append(f"  {key}: {words[event].format(related=related, part=of_whole)}")
    return lines


def _change_lines(ask: Ask, published_at: datetime, *, language: str) -> list[str]:
    """Say who entered, left and moved since the publication before, and why."""
    [(previously,)] = ask(
        "select max(previous_published_at) from segment_sizes_over_time"
        " where segmentation = ? and published_at = ?",
        published_at,
    )
    if previously is None:
        return ["First publication: there is none before to compare with."]
    query = _CHANGES.format(language=language, named=_NAMED_COUNT)
    changes = {cause: row for cause, *row in ask(query, published_at)}
    lines = [
        f"Since the publication of {previously:%Y-%m-%d %H:%M} UTC:"
        + " nobody entered, left or moved" * (not changes)
    ]
    for cause in _CAUSES:
        if cause in changes:
            count, first, reasons = changes[cause]
            why = ", ".join(sorted(r.replace("_", " ") for r in reasons if r))
            more = f" and {count - len(first):,} more" * (count > len(first))
            lines.append(
                f"  {count:,} {_CAUSES[cause]}{f' ({why})' * bool(why)}:"
                f" {', '.join(first)}{more}"
            )
    return lines


def _cluster_count_line(ask: Ask) -> str:
    counts = ask(
        "select cluster_count, is_selected, is_advised, verdict"
        " from cluster_count_evaluation where segmentation = ? order by cluster_count"
    )
    for selected, is_selected, is_advised, verdict in counts:
        if is_selected and is_advised:
            return f"Number of clusters: {selected} selected and advised"
        if is_selected:
            advised = " ".join(str(count) for count, _, is_it, _ in counts if is_it)
            return (
                f"Number of clusters: {selected} selected"
                f" ({verdict.replace('_', ' ')}), {advised or 'none'} advised; see"
                " cluster_count_evaluation"
            )
    return "Number of clusters: not evaluated"
