"""Say what a refit would move, before anything is published.

Reads the build database of a build with ``refit: always`` that published nothing.
"""

import sys
from pathlib import Path
from typing import Any

import duckdb

from segmentation.builds.build_summary import EVENT_COLUMNS, event_lines
from segmentation.sql_text import fetch_dicts


def preview(database: Path) -> str:
    """Describe what publishing the build would do to the segments.

    The fit, how far it agrees with the published model on the same data, who would
    move from where to where, and what would become of the segments.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        query = "from engine.current_fits order by segmentation"
        fits = fetch_dicts(connection.execute(query))
        lines = [line for fit in fits for line in ["", *_preview_fit(connection, fit)]]
    return "\n".join([*lines, "", "Nothing was published."])


def _preview_fit(
    connection: duckdb.DuckDBPyConnection, fit: dict[str, Any]
) -> list[str]:
    name, last_fit_id = fit["segmentation"], fit["last_fit_id"]
    if last_fit_id is None:
        return [f"{name}: nothing has been published yet, so there is no model."]

    def ask(query: str, *parameters: int) -> list[tuple]:
        return connection.execute(query, [name, *parameters]).fetchall()

    novelty = dict(
        ask(
            "select parameter, value from engine.fit_rows"
            " where segmentation = ? and section = 'novelty'"
        )
    )
    if not fit["is_new_fit"]:
        return [
            f"{name}: a refit would learn what fit {fit['fit_id']} learned, the"
            " published one: nothing would move.",
            *_novelty_lines(novelty, cluster_count=fit["cluster_count"]),
        ]
    ((last_clusters, last_silhouette),) = ask(
        "select cluster_count, silhouette from marts.segmentation_fits"
        " where segmentation = ? and fit_id = ?",
        last_fit_id,
    )
    ((agreement,),) = ask(
        "select max(ari_to_previous) from engine.fit_agreements where segmentation = ?"
    )
    migrations = ask(
        "select from_segment_key, to_segment_key, member_count"
        " from engine.segments_migrated where segmentation = ?"
        " order by member_count desc, from_segment_key, to_segment_key"
    )
    events = ask(
        f"select {EVENT_COLUMNS} from marts.segment_events"
        " where segmentation = ? and fit_id = ? and event_type <> 'kept'"
        " order by segment_key",
        fit["fit_id"],
    )
    moved = [row for row in migrations if row[0] != row[1]]
    moved_count = sum(count for _, _, count in moved)
    total_count = sum(count for _, _, count in migrations)
    return [
        f"{name}: a refit ({fit['reason']}) would replace fit {last_fit_id} by fit"
        f" {fit['fit_id']}:",
        f"  clusters    {last_clusters} -> {fit['cluster_count']}",
        f"  silhouette  {_figure(last_silhouette)} -> {_figure(fit['silhouette'])}",
        f"  agreement with the published model {_figure(agreement)}"
        " (adjusted Rand index)",
        *_novelty_lines(novelty, cluster_count=last_clusters),
        "",
        f"{moved_count:,} of {total_count:,} members would move, by the model:",
        *(f"  {count:>7,}  {old} -> {new}" for old, new, count in moved),
        *event_lines(events),
    ]


def _novelty_lines(novelty: dict[str, float], *, cluster_count: int) -> list[str]:
    if "saved_by_one_more" not in novelty:
        return []
    count, total, saved, smallest = (
        novelty[name]
        for name in (
            *("undescribed_count", "sample_count"),
            *("saved_by_one_more", "smallest_of_one_more"),
        )
    )
    return [
        f"  {count:,.0f} of {total:,.0f} members are described by no published segment",
        f"  {cluster_count + 1} clusters would save {saved:.0%} of the inertia, the"
        f" smallest having {smallest:,.0f} members: see VARS='n_clusters:"
        f" {cluster_count + 1}'",
    ]


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    print(preview(Path(sys.argv[1])))
