"""Say what a refit would move, before anything is published.

Reads the build database of a build with ``refit: always`` that published nothing.
"""

import sys
from pathlib import Path

import duckdb

from segmentation.builds.build_summary import event_lines


def preview(database: Path) -> str:
    """Describe what publishing the build would do to the segments.

    Parameters
    ----------
    database : pathlib.Path
        The build database.

    Returns
    -------
    str
        The fit, how far it agrees with the published model on the same data, who
        would move from where to where, and what would become of the segments.
    """
    with duckdb.connect(str(database), read_only=True) as connection:
        fit_id, is_new_fit, last_fit_id, reason, clusters, silhouette = connection.sql(
            "select fit_id, is_new_fit, last_fit_id, reason, cluster_count, silhouette"
            " from engine.int_current_fit"
        ).fetchall()[0]
        if last_fit_id is None:
            return "Nothing has been published yet, so there is no model to refit."
        if not is_new_fit:
            return (
                f"A refit would learn what fit {fit_id} learned, the published one:"
                " nothing would move."
            )
        last_clusters, last_silhouette = connection.execute(
            "select cluster_count, silhouette from marts.segmentation_fits"
            " where fit_id = ?",
            [last_fit_id],
        ).fetchall()[0]
        agreement = connection.sql(
            "select max(ari_to_previous) from engine.int_fit_agreement"
        ).fetchall()[0][0]
        migrations = connection.sql(
            "select from_segment_key, to_segment_key, enterprise_count"
            " from engine.int_segments_migrated"
            " order by enterprise_count desc, from_segment_key, to_segment_key"
        ).fetchall()
        events = connection.sql(
            "select segment_key, event_type, related_segment_key,"
            " related_enterprise_count from engine.int_segment_events_found"
            " where event_type <> 'kept' order by segment_key"
        ).fetchall()
    moved = [row for row in migrations if row[0] != row[1]]
    moved_count = sum(count for _, _, count in moved)
    total_count = sum(count for _, _, count in migrations)
    return "\n".join(
        [
            "",
            f"A refit ({reason}) would replace fit {last_fit_id} by fit {fit_id}:",
            f"  clusters    {last_clusters} -> {clusters}",
            f"  silhouette  {_figure(last_silhouette)} -> {_figure(silhouette)}",
            f"  agreement with the published model {_figure(agreement)}"
            " (adjusted Rand index)",
            "",
            f"{moved_count:,} of {total_count:,} enterprises would move, by the model:",
            *(f"  {count:>7,}  {old} -> {new}" for old, new, count in moved),
            *event_lines(events),
            "",
            "Nothing was published.",
        ]
    )


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    print(preview(Path(sys.argv[1])))
