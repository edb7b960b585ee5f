"""Say what a refit would move, before anything is published.

Reads the build database of a build with ``refit: always`` that published nothing.
"""

import sys
from pathlib import Path

import duckdb

from segmentation.builds.build_summary import event_lines


def preview(database: Path) -> str:
    """Describe what publishing the build would do to the segments.

    The fit, how far it agrees with the published model on the same data, who would
    move from where to where, and what would become of the segments.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        fits = connection.sql(
            "select segmentation, fit_id, is_new_fit, last_fit_id, reason,"
            " cluster_count, silhouette from engine.current_fits order by segmentation"
        ).fetchall()
        lines = [line for fit in fits for line in _preview_fit(connection, *fit)]
    return "\n".join([*lines, "", "Nothing was published."])


def _preview_fit(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    fit_id: int,
    is_new_fit: bool,
    last_fit_id: int | None,
    reason: str,
    clusters: int,
    silhouette: float | None,
) -> list[str]:
    if last_fit_id is None:
        return ["", f"{name}: nothing has been published yet, so there is no model."]
    if not is_new_fit:
        return [
            "",
            f"{name}: a refit would learn what fit {fit_id} learned, the published one:"
            " nothing would move.",
        ]

    def ask(query: str, *parameters: int) -> list[tuple]:
        return connection.execute(query, [name, *parameters]).fetchall()

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
        "select segment_key, event_type, related_segment_key, related_member_count"
        " from engine.segment_events_found"
        " where segmentation = ? and event_type <> 'kept' order by segment_key"
    )
    moved = [row for row in migrations if row[0] != row[1]]
    moved_count = sum(count for _, _, count in moved)
    total_count = sum(count for _, _, count in migrations)
    return [
        "",
        f"{name}: a refit ({reason}) would replace fit {last_fit_id} by fit {fit_id}:",
        f"  clusters    {last_clusters} -> {clusters}",
        f"  silhouette  {_figure(last_silhouette)} -> {_figure(silhouette)}",
        f"  agreement with the published model {_figure(agreement)}"
        " (adjusted Rand index)",
        "",
        f"{moved_count:,} of {total_count:,} members would move, by the model:",
        *(f"  {count:>7,}  {old} -> {new}" for old, new, count in moved),
        *event_lines(events),
    ]


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    print(preview(Path(sys.argv[1])))
